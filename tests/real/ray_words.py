# SPDX-License-Identifier: Apache-2.0
"""An OpenAI-style application on Ray Serve without a model: w0, w1, ... as many as are asked for."""
import json

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, StreamingResponse
from ray import serve

api = FastAPI()


@serve.deployment(name="Words", num_replicas=1)
@serve.ingress(api)
class Words:
    @api.get("/v1/models")
    def models(self):
        return {"object": "list", "data": [{"id": "words", "object": "model", "owned_by": "ray"}]}

    @api.post("/v1/chat/completions")
    async def chat(self, request: Request):
        body = await request.json()
        words = [f"w{i} " for i in range(int(body.get("max_tokens", 8)))]
        base = {"id": "chatcmpl-1", "created": 1, "model": "words"}

        def event(delta, finish):
            choice = {"index": 0, "delta": delta, "finish_reason": finish}
            data = base | {"object": "chat.completion.chunk", "choices": [choice]}
            return f"data: {json.dumps(data)}\n\n"

        async def events():
            for word in words:
                yield event({"content": word}, None)
            yield event({}, "length")
            yield "data: [DONE]\n\n"

        if body.get("stream"):
            return StreamingResponse(events(), media_type="text/event-stream")
        message = {"role": "assistant", "content": "".join(words)}
        choice = {"index": 0, "message": message, "finish_reason": "length"}
        usage = {"prompt_tokens": 1, "completion_tokens": len(words)}
        return JSONResponse(base | {"object": "chat.completion", "choices": [choice], "usage": usage})


app = Words.bind()
