# SPDX-License-Identifier: Apache-2.0
# How a harness that compares gateways builds and starts this one: it sources this file with
# $SIGNALBOX (this checkout), $work (a folder) and begin (runs a command in the background) set.
headers='Authorization: Bearer sk-bench\r\n'

install() { "$SIGNALBOX/installers/prepare" release >/dev/null; }
version() { "$SIGNALBOX/build/release/bin/signalbox-agent" version; }

start() { # PORT UPSTREAM [UPSTREAM2]
  local members="{url: \"http://127.0.0.1:$2\", profile: vllm}"
  rm -rf "$work/state" # its store would hold the policy of the run before
  if [ -n "${3:-}" ]; then members="$members, {url: \"http://127.0.0.1:$3\", profile: vllm}"; fi
  cat >"$work/policy.yaml" <<POLICY
access: {mode: keys}
keys:
  - {id: bench, tenant: bench, secret_sha256: "$(printf sk-bench | sha256sum | cut -d' ' -f1)"}
pools: [{name: models, model: tiny, members: [$members]}]
routes: [{model: tiny, targets: [{pool: models}]}]
POLICY
  cat >"$work/agent.yaml" <<AGENT
id: bench
data_dir: "$work/state"
cores: 1
log: {level: warn}
listen:
  serve: {address: "127.0.0.1:$1"}
  control: {address: "127.0.0.1:0"}
  observe: {address: "127.0.0.1:0"}
  store: {address: "127.0.0.1:0"}
policy: {seed: policy.yaml}
proxy: {stall_floor: ${STALL_S:-60}s}
AGENT
  begin "$SIGNALBOX/build/release/bin/signalbox-agent" run "$work/agent.yaml"
}
