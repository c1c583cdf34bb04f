// SPDX-License-Identifier: Apache-2.0
// Speaks to a gateway as an application does, with the official client; prints what came as JSON.
//   node client.mjs BASE_URL MODEL
import OpenAI from 'openai';

const [baseURL, model] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: 'any', maxRetries: 0 });
const messages = [{ role: 'user', content: 'through the official client' }];
const result = {};

result.models = [];
for await (const entry of client.models.list()) result.models.push(entry.id);

const whole = await client.chat.completions.create({ model, messages, max_tokens: 12 });
result.whole = whole.choices[0].message.content;
result.usage = whole.usage.completion_tokens;

const stream = await client.chat.completions.create({
  model, messages, max_tokens: 12, stream: true, stream_options: { include_usage: true },
});
result.streamed = '';
for await (const chunk of stream) {
  result.streamed += chunk.choices[0]?.delta?.content ?? '';
  result.finish = chunk.choices[0]?.finish_reason ?? result.finish;
  result.streamUsage = chunk.usage?.completion_tokens ?? result.streamUsage;
}

const completion = await client.completions.create({ model, prompt: 'once', max_tokens: 4 });
result.completion = completion.choices[0].text;

try {
  await client.chat.completions.create({ model: 'no-such-model', messages });
} catch (error) {
  result.refusal = { name: error.constructor.name, status: error.status, code: error.code };
}

// A stream that breaks must throw: the last words of the argument list arm it beforehand.
if (process.argv[4] !== undefined) {
  await fetch(process.argv[4], { method: 'POST', body: '{"kind":"cut","after":3,"count":1}' });
  try {
    const broken = await client.chat.completions.create({ model, messages, stream: true });
    for await (const chunk of broken) result.lastChunk = chunk.id;
    result.broken = 'ended as if whole';
  } catch (error) {
    result.broken = error.constructor.name;
    result.brokenText = String(error.message);
  }
}

console.log(JSON.stringify(result));
