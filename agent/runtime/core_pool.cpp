// SPDX-License-Identifier: Apache-2.0
#include "agent/runtime/core_pool.h"

#include "shared/base/limits.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <new>
#include <utility>

namespace signalbox::runtime::core_pool {

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

// Classes: every 64 bytes up to 1 KiB (frames differ by little), then doubling up to 64 KiB.
constexpr std::size_t kFineStep = 64;
constexpr std::size_t kFineMax = 1024;
constexpr std::size_t kFineClasses = kFineMax / kFineStep;
constexpr std::size_t kLargest = 64 * 1024;
constexpr std::size_t kClasses = kFineClasses + 6;

struct Free {
    Free* next;
};

struct FreeList {
    Free* first;
    std::uint32_t count;
};

// Plain data without constructor or destructor: reaching it costs no guard.
constinit thread_local FreeList lists[kClasses] = {};

std::size_t classOf(std::size_t size)
{
    if (size <= kFineMax)
        return size == 0 ? 0 : (size - 1) / kFineStep;
    return kFineClasses + static_cast<std::size_t>(std::bit_width(size - 1)) - 11;
}

std::size_t sizeOfClass(std::size_t index)
{
    return index < kFineClasses ? (index + 1) * kFineStep : kFineMax << (index - kFineClasses + 1);
}

} // namespace

std::size_t usableSize(std::size_t size)
{
    if (!kPooled || size > kLargest)
        return size;
    return sizeOfClass(classOf(size));
}

void* allocate(std::size_t size)
{
    if (!kPooled || size > kLargest)
        return ::operator new(size);
    const std::size_t index = classOf(size);
    FreeList& list = lists[index];
    if (list.first == nullptr)
        return ::operator new(sizeOfClass(index));
    --list.count;
    Free* taken = list.first;
    list.first = taken->next;
    return taken;
}

void release(void* memory, std::size_t size)
{
    if (!kPooled || size > kLargest) {
        ::operator delete(memory);
        return;
    }
    const std::size_t index = classOf(size);
    FreeList& list = lists[index];
    if (list.count * sizeOfClass(index) >= limits::kCorePoolBytesPerClass) {
        ::operator delete(memory);
        return;
    }
    ++list.count;
    list.first = new (memory) Free{list.first};
}

void drain()
{
    for (FreeList& list : lists) {
        while (list.first != nullptr)
            ::operator delete(std::exchange(list.first, list.first->next));
        list.count = 0;
    }
}

} // namespace signalbox::runtime::core_pool
