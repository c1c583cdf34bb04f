// SPDX-License-Identifier: Apache-2.0
// The one place where Boost.Beast is compiled.
#include <boost/beast/src.hpp>
