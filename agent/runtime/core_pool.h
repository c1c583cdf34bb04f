// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

// Memory for coroutine frames and blocks: free lists by size class, one set per thread, so that a
// request allocates without locks and reuses what is still in the cache. Under the address
// sanitizer every call goes to the heap, so that a use after free is seen.
// What is freed on another thread joins that thread's lists, which is harmless.
namespace signalbox::runtime::core_pool {

// Never null; at least `size` bytes, aligned to 16.
void* allocate(std::size_t size);
// `size` is what was asked for.
void release(void* memory, std::size_t size);
// How many bytes an allocation of `size` really has; the caller may use them all.
std::size_t usableSize(std::size_t size);
// Gives this thread's free lists back to the heap; its loop does so when it ends.
void drain();

} // namespace signalbox::runtime::core_pool
