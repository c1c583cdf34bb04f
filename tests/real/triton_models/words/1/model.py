# SPDX-License-Identifier: Apache-2.0
"""Streams w0, w1, ... as many as are asked for."""
import numpy as np
import triton_python_backend_utils as pb


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            count = int(pb.get_input_tensor_by_name(request, "max_tokens").as_numpy()[0])
            sender = request.get_response_sender()
            for number in range(count):
                word = np.array([f"w{number} ".encode()], dtype=object)
                sender.send(pb.InferenceResponse([pb.Tensor("text_output", word)]))
            sender.send(flags=pb.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
        return None
