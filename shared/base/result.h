// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/base/error.h"

#include <optional>
#include <utility>
#include <variant>

namespace signalbox::base {

// A value or an Error. Method names are std::expected's, so that C++23 is an alias away.
// Lives on: any thread. Ignoring one is a warning, and warnings are errors here.
template <typename T>
class [[nodiscard]] Result {
public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    T& value() & { return std::get<0>(state_); }
    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const { return std::get<1>(state_); }

private:
    std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool has_value() const { return !error_.has_value(); }
    explicit operator bool() const { return has_value(); }
    const Error& error() const { return *error_; }

private:
    std::optional<Error> error_;
};

using Status = Result<void>;

} // namespace signalbox::base

#define SB_CONCAT_INNER(a, b) a##b
#define SB_CONCAT(a, b) SB_CONCAT_INNER(a, b)

// SB_TRY(auto x, call()) binds the value or returns the error; SB_CHECK(call()) returns the error.
// The co_ forms are for coroutines; the expression may await.
#define SB_TRY_WITH(leave, name, declaration, ...)                                                 \
    auto name = (__VA_ARGS__);                                                                     \
    if (!name)                                                                                     \
        leave name.error();                                                                        \
    declaration = std::move(*name)
#define SB_CHECK_WITH(leave, ...)                                                                  \
    do {                                                                                           \
        auto sbStatus = (__VA_ARGS__);                                                             \
        if (!sbStatus)                                                                             \
            leave sbStatus.error();                                                                \
    } while (false)

#define SB_TRY(declaration, ...)                                                                   \
    SB_TRY_WITH(return, SB_CONCAT(sbResult, __LINE__), declaration, __VA_ARGS__)
#define SB_CO_TRY(declaration, ...)                                                                \
    SB_TRY_WITH(co_return, SB_CONCAT(sbResult, __LINE__), declaration, __VA_ARGS__)
#define SB_CHECK(...) SB_CHECK_WITH(return, __VA_ARGS__)
#define SB_CO_CHECK(...) SB_CHECK_WITH(co_return, __VA_ARGS__)
