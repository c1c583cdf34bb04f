// SPDX-License-Identifier: Apache-2.0
#include "console/models/topology_walk.h"

#include <gtest/gtest.h>

#include <set>

namespace signalbox::models {
namespace {

std::vector<QRectF> grid(int columns, int rows)
{
    std::vector<QRectF> boxes;
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column)
            boxes.emplace_back(column * 20, row * 20, 16, 16);
    }
    return boxes;
}

TEST(TopologyWalk, ArrowsGoToTheNeighbour)
{
    const std::vector<QRectF> boxes = grid(4, 3);

    EXPECT_EQ(stepFrom(boxes, 5, WalkStep::Left), 4);
    EXPECT_EQ(stepFrom(boxes, 5, WalkStep::Right), 6);
    EXPECT_EQ(stepFrom(boxes, 5, WalkStep::Up), 1);
    EXPECT_EQ(stepFrom(boxes, 5, WalkStep::Down), 9);
}

TEST(TopologyWalk, AtAnEdgeThereIsNothing)
{
    const std::vector<QRectF> boxes = grid(4, 3);

    EXPECT_EQ(stepFrom(boxes, 0, WalkStep::Left), -1);
    EXPECT_EQ(stepFrom(boxes, 0, WalkStep::Up), -1);
    EXPECT_EQ(stepFrom(boxes, 11, WalkStep::Right), -1);
    EXPECT_EQ(stepFrom(boxes, 11, WalkStep::Down), -1);
}

TEST(TopologyWalk, WithoutAStartItIsTheFirstInReadingOrder)
{
    std::vector<QRectF> boxes = grid(4, 3);
    boxes[0] = {};

    EXPECT_EQ(stepFrom(boxes, -1, WalkStep::Down), 1);
    EXPECT_EQ(stepFrom(boxes, 99, WalkStep::Left), 1);
    EXPECT_EQ(stepFrom({}, -1, WalkStep::Left), -1);
}

TEST(TopologyWalk, HiddenBoxesArePassedOver)
{
    std::vector<QRectF> boxes = grid(4, 1);
    boxes[1] = {};

    EXPECT_EQ(stepFrom(boxes, 0, WalkStep::Right), 2);
}

TEST(TopologyWalk, EveryBoxCanBeReached)
{
    const std::vector<QRectF> boxes = grid(7, 5);
    std::set<int> reached{0};
    std::vector<int> open{0};
    while (!open.empty()) {
        const int from = open.back();
        open.pop_back();
        for (const WalkStep step :
             {WalkStep::Left, WalkStep::Right, WalkStep::Up, WalkStep::Down}) {
            const int to = stepFrom(boxes, from, step);
            if (to >= 0 && reached.insert(to).second)
                open.push_back(to);
        }
    }

    EXPECT_EQ(reached.size(), boxes.size());
}

TEST(TopologyWalk, ThePointerMeansTheSmallestBoxUnderIt)
{
    const std::vector<QRectF> boxes{QRectF(0, 0, 100, 100), QRectF(10, 10, 10, 10)};

    EXPECT_EQ(boxAt(boxes, {12, 12}), 1);
    EXPECT_EQ(boxAt(boxes, {50, 50}), 0);
    EXPECT_EQ(boxAt(boxes, {200, 50}), -1);
}

} // namespace
} // namespace signalbox::models
