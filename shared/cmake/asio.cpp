// SPDX-License-Identifier: Apache-2.0
// The one place where Boost.Asio is compiled.
#include <boost/asio/impl/src.hpp>
