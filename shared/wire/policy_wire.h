// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "proto/signalbox/v1/policy.pb.h"
#include "shared/base/result.h"
#include "shared/model/policy.h"

// One policy object each; shared by the policy message and the store's JSON.
namespace signalbox::wire::detail {

void objectToWire(const model::ApiKey& from, v1::ApiKey& to);
void objectToWire(const model::Pool& from, v1::Pool& to);
void objectToWire(const model::Route& from, v1::Route& to);
void objectToWire(const model::AdminIntent& from, v1::AdminIntent& to);
void targetToWire(const model::RouteTarget& from, v1::RouteTarget& to);
void placementToWire(const model::RoutePlacement& from, v1::RoutePlacement& to);
base::Result<model::RoutePlacement> placementFromWire(const v1::RoutePlacement& from);
base::Status addObject(const v1::ApiKey& from, model::Policy& policy);
base::Status addObject(const v1::Pool& from, model::Policy& policy);
base::Status addObject(const v1::Route& from, model::Policy& policy);
base::Status addObject(const v1::AdminIntent& from, model::Policy& policy);
base::Status addObject(const v1::Access& from, model::Policy& policy);

} // namespace signalbox::wire::detail
