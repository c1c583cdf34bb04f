#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a language model of random weights, small enough for any machine: make_tiny_model.py OUT.

What it says is nonsense, but it is a transformer with a tokenizer and a chat template, so a server
that loads it does everything that it does for a large one. Only printable ASCII is ever likely.
"""
import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, INNER, CONTEXT = 64, 2, 4, 128, 2048
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
TEMPLATE = (
    "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def stand_ins():
    """One printable character for each byte, as byte-level tokenizers have it."""
    keep = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in keep]
    table = {byte: chr(byte) for byte in keep}
    table.update({byte: chr(256 + i) for i, byte in enumerate(others)})
    return [table[byte] for byte in range(256)]


def main():
    random = np.random.default_rng(7)
    characters = stand_ins()
    tokens = characters + [characters[ord(" ")] + "t"] + SPECIAL
    first_special = len(tokens) - len(SPECIAL)

    def matrix(rows, columns):
        return (random.standard_normal((rows, columns)) / np.sqrt(columns)).astype(np.float32)

    out = gguf.GGUFWriter(sys.argv[1], "qwen2")
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_layer_norm_rms_eps(1e-6)
    out.add_rope_freq_base(10000.0)
    out.add_file_type(gguf.LlamaFileType.ALL_F32)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("gpt-2")
    out.add_token_list(tokens)
    kinds = [gguf.TokenType.NORMAL] * first_special + [gguf.TokenType.CONTROL] * len(SPECIAL)
    out.add_token_types(kinds)
    out.add_token_merges([characters[ord(" ")] + " t"])
    out.add_eos_token_id(first_special)
    out.add_pad_token_id(first_special)
    out.add_add_bos_token(False)
    out.add_chat_template(TEMPLATE)

    likely = matrix(len(tokens), WIDTH) * 4
    for token in range(len(tokens)):
        if not 32 <= token < 127:
            likely[token] = 0
    out.add_tensor("token_embd.weight", matrix(len(tokens), WIDTH))
    out.add_tensor("output_norm.weight", np.ones(WIDTH, dtype=np.float32))
    out.add_tensor("output.weight", likely)
    for layer in range(LAYERS):
        name = f"blk.{layer}."
        for part in ("attn_q", "attn_k", "attn_v"):
            out.add_tensor(name + part + ".weight", matrix(WIDTH, WIDTH))
            out.add_tensor(name + part + ".bias", np.zeros(WIDTH, dtype=np.float32))
        out.add_tensor(name + "attn_output.weight", matrix(WIDTH, WIDTH))
        out.add_tensor(name + "ffn_gate.weight", matrix(INNER, WIDTH))
        out.add_tensor(name + "ffn_up.weight", matrix(INNER, WIDTH))
        out.add_tensor(name + "ffn_down.weight", matrix(WIDTH, INNER))
        for norm in ("attn_norm", "ffn_norm"):
            out.add_tensor(name + norm + ".weight", np.ones(WIDTH, dtype=np.float32))
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


main()
