// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/topology/scenes/scene.h"
#include "shared/model/fleet.h"

#include <string>
#include <vector>

namespace signalbox::topology {

// One instance and the gateways that could send to it: who does, who does not, and why.
// Lives on: gui thread. Owned by the canvas.
class InstanceScene final : public Scene {
public:
    InstanceScene(views::Session& session, const std::string& agent);

    double greatestScale() const override { return 2; }
    double homeScale(const QSize& room) const override;
    Detail detailAt(double scale) const override;
    void paint(const Painting& painting) override;
    std::vector<int> changed(const std::vector<int>& slots, double scale) override;
    QString spoken(int node) const override;

private:
    const fleet::Agent* instance() const;
    const fleet::Agent* gatewayOf(int node) const;
    // How a gateway sees the instance; null when it does not know it.
    const model::MemberView* viewOf(int node) const;
    void paintGateway(const Painting& painting, int node) const;
    void paintEdge(const Painting& painting, int node) const;
    void paintInstance(const Painting& painting) const;
    void paintFacts(const Painting& painting, const QRectF& box, const fleet::Agent& agent) const;

    views::Session& session_;
    std::string agent_;
};

} // namespace signalbox::topology
