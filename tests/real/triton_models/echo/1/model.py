# SPDX-License-Identifier: Apache-2.0
"""Gives the text back."""
import triton_python_backend_utils as pb


class TritonPythonModel:
    def execute(self, requests):
        texts = [pb.get_input_tensor_by_name(one, "text_input").as_numpy() for one in requests]
        return [pb.InferenceResponse([pb.Tensor("text_output", text)]) for text in texts]
