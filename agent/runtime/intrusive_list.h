// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace signalbox::runtime {

// A link that lives inside the thing that is listed, so that joining and leaving a list allocates
// nothing. Leaves its list when it is destroyed. Lives on: core; owned by the thing itself.
class ListNode {
public:
    ListNode() = default;
    ListNode(const ListNode&) = delete;
    ListNode& operator=(const ListNode&) = delete;
    ~ListNode() { unlink(); }

    bool isLinked() const { return next_ != nullptr; }
    void unlink()
    {
        if (next_ == nullptr)
            return;
        previous_->next_ = next_;
        next_->previous_ = previous_;
        previous_ = next_ = nullptr;
    }

private:
    template <typename>
    friend class IntrusiveList;
    ListNode* previous_ = nullptr;
    ListNode* next_ = nullptr;
};

// A FIFO of things derived from ListNode; it owns none of them.
// Lives on: core. Things still listed when it is destroyed are let go, not destroyed.
template <typename T>
class IntrusiveList {
public:
    IntrusiveList() { head_.previous_ = head_.next_ = &head_; }
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;
    ~IntrusiveList()
    {
        while (popFront() != nullptr) { }
        head_.previous_ = head_.next_ = nullptr;
    }

    bool empty() const { return head_.next_ == &head_; }

    void pushBack(T& item)
    {
        ListNode& node = item;
        node.unlink();
        node.previous_ = head_.previous_;
        node.next_ = &head_;
        head_.previous_->next_ = &node;
        head_.previous_ = &node;
    }

    // The oldest, left where it is; null when there is none.
    T* front() const { return empty() ? nullptr : static_cast<T*>(head_.next_); }

    // The one that came after it; null when it is the newest.
    T* after(const T& item) const
    {
        ListNode* next = static_cast<const ListNode&>(item).next_;
        return next == &head_ ? nullptr : static_cast<T*>(next);
    }

    // The oldest, taken out; null when there is none.
    T* popFront()
    {
        if (empty())
            return nullptr;
        ListNode* node = head_.next_;
        node->unlink();
        return static_cast<T*>(node);
    }

    // Moves everything to the end of the other list, in order.
    void moveAllTo(IntrusiveList& other)
    {
        if (empty())
            return;
        ListNode* first = head_.next_;
        ListNode* last = head_.previous_;
        head_.previous_ = head_.next_ = &head_;
        first->previous_ = other.head_.previous_;
        other.head_.previous_->next_ = first;
        last->next_ = &other.head_;
        other.head_.previous_ = last;
    }

private:
    ListNode head_;
};

} // namespace signalbox::runtime
