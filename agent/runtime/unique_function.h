// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace signalbox::runtime {

// A function to be called once somewhere else; unlike std::function it may own what cannot be
// copied. Lives on: any thread (moved between them). Empty after a move; calling an empty one
// is a mistake of ours.
class UniqueFunction {
public:
    UniqueFunction() = default;
    template <typename F>
        requires(!std::same_as<std::remove_cvref_t<F>, UniqueFunction> && std::invocable<F&>)
    UniqueFunction(F function) : body_(std::make_unique<Holder<F>>(std::move(function)))
    {
    }

    explicit operator bool() const { return body_ != nullptr; }
    void operator()() { body_->call(); }

private:
    struct Body {
        virtual ~Body() = default;
        virtual void call() = 0;
    };
    template <typename F>
    struct Holder final : Body {
        explicit Holder(F f) : function(std::move(f)) {}
        void call() override { function(); }
        F function;
    };

    std::unique_ptr<Body> body_;
};

} // namespace signalbox::runtime
