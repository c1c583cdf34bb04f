// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/runtime/core_pool.h"

#include <algorithm>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>

namespace signalbox::runtime {

// Bytes that are owned, from the core's free lists; grows by doubling, holds nothing when empty.
// Lives on: core; owned by whoever holds it. Moving one moves no byte. The owner bounds its size.
class Block {
public:
    Block() = default;
    explicit Block(std::size_t capacity) { reserve(capacity); }
    static Block copyOf(std::string_view bytes)
    {
        Block block(bytes.size());
        block.append(bytes);
        return block;
    }
    Block(Block&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0))
    {
    }
    Block& operator=(Block&& other) noexcept
    {
        std::swap(data_, other.data_);
        std::swap(size_, other.size_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    ~Block() { release(); }

    std::string_view view() const { return {data_, size_}; }
    std::span<char> bytes() { return {data_, size_}; }
    char* data() { return data_; }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    std::size_t capacity() const { return capacity_; }

    void append(std::string_view bytes)
    {
        if (bytes.empty())
            return;
        if (bytes.size() > capacity_ - size_)
            reserve(std::max(size_ + bytes.size(), capacity_ * 2));
        std::memcpy(data_ + size_, bytes.data(), bytes.size());
        size_ += bytes.size();
    }

    // Room for `capacity` bytes in all; what is there may move.
    void reserve(std::size_t capacity)
    {
        if (capacity <= capacity_)
            return;
        capacity = core_pool::usableSize(capacity);
        char* grown = static_cast<char*>(core_pool::allocate(capacity));
        if (size_ > 0)
            std::memcpy(grown, data_, size_);
        if (data_ != nullptr)
            core_pool::release(data_, capacity_);
        data_ = grown;
        capacity_ = capacity;
    }

    // Keeps the first `size` bytes; `size` must not exceed what is there.
    void truncate(std::size_t size) { size_ = std::min(size, size_); }

    // Gives the memory back.
    void release()
    {
        if (data_ != nullptr)
            core_pool::release(data_, capacity_);
        data_ = nullptr;
        size_ = capacity_ = 0;
    }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

// Bytes of the loop's own read buffer: valid until the coroutine that got them next awaits.
// They may be changed in place. Lives on: core. keep() copies what must outlive the next await.
class Lent {
public:
    Lent() = default;
    explicit Lent(std::span<char> bytes) : bytes_(bytes) {}

    std::span<char> bytes() const { return bytes_; }
    std::string_view view() const { return {bytes_.data(), bytes_.size()}; }
    std::size_t size() const { return bytes_.size(); }
    bool empty() const { return bytes_.empty(); }
    Block keep() const { return Block::copyOf(view()); }

private:
    std::span<char> bytes_;
};

} // namespace signalbox::runtime
