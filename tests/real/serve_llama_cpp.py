#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""llama.cpp's own HTTP server, from the package that holds it: serve_llama_cpp.py MODEL PORT."""
import signal
import sys

import xllamacpp

options = xllamacpp.CommonParams()
options.model.path = sys.argv[1]
options.model_alias = {"tiny"}
options.hostnames, options.port = ["127.0.0.1"], int(sys.argv[2])
options.n_parallel, options.n_ctx = 2, 4096
options.cpuparams.n_threads = 1
options.endpoint_metrics = True
options.warmup = False
server = xllamacpp.Server(options)
signal.pause()
