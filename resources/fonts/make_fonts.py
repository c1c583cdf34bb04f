#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the console's fonts from Debian's fonts-inter and fonts-jetbrains-mono (both OFL 1.1).

usage: make_fonts.py [OUT]   (needs python3-fonttools; OUT is this folder when left out)

Signalbox Sans is Inter with the tabular figures as its only figures: Qt 6.4 cannot switch an
OpenType feature, and columns of numbers must not jitter. Signalbox Mono is JetBrains Mono, smaller.
"""
import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

INTER = pathlib.Path("/usr/share/fonts/opentype/inter")
MONO = pathlib.Path("/usr/share/fonts/truetype/jetbrains-mono")
WEIGHTS = {"Regular": 400, "Medium": 500, "SemiBold": 600, "Bold": 700}
# Latin of Europe, punctuation, currencies, arrows, mathematics, shapes.
SANS_RANGES = ((0x20, 0x17F), (0x2C6, 0x2DD), (0x300, 0x304), (0x2010, 0x2044), (0x20AC, 0x20AC),
               (0x2190, 0x2199), (0x2200, 0x2265), (0x25A0, 0x25FF), (0xFFFD, 0xFFFD))
MONO_RANGES = ((0x20, 0x17F), (0x2010, 0x2026), (0x2190, 0x2193), (0xFFFD, 0xFFFD))


def use_tabular_figures(font):
    """Points the character map at the glyphs of feature tnum, all of one width."""
    table = font["GSUB"].table
    lookups = {i for record in table.FeatureList.FeatureRecord if record.FeatureTag == "tnum"
               for i in record.Feature.LookupListIndex}
    tabular = {}
    for index in lookups:
        for part in table.LookupList.Lookup[index].SubTable:
            part = getattr(part, "ExtSubTable", part)
            tabular.update(part.mapping)
    for cmap in font["cmap"].tables:
        for code, glyph in cmap.cmap.items():
            cmap.cmap[code] = tabular.get(glyph, glyph)
    # In the heavier weights the widths differ by a few units, which is seen in Qt as jitter.
    cmap = font.getBestCmap()
    for characters in ("0123456789", ".,:"):
        glyphs = [cmap[ord(character)] for character in characters]
        widest = max(font["hmtx"][glyph][0] for glyph in glyphs)
        for glyph in glyphs:
            font["hmtx"][glyph] = (widest, font["hmtx"][glyph][1])


def rename(font, family, style, weight):
    """Another family name: the licence asks a changed font not to be taken for the original."""
    full, postscript = f"{family} {style}", f"{family.replace(' ', '')}-{style}"
    names = font["name"]
    names.names = [n for n in names.names if n.nameID in (0, 5, 7, 8, 9, 11, 12, 13, 14)]
    for name_id, text in ((1, family if style in ("Regular", "Bold") else full),
                          (2, style if style in ("Regular", "Bold") else "Regular"),
                          (3, postscript), (4, full), (6, postscript), (16, family), (17, style)):
        names.setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    if "CFF " in font:
        cff = font["CFF "].cff
        cff.fontNames = [postscript]
        cff.topDictIndex[0].FullName = full
        cff.topDictIndex[0].FamilyName = family


def write(font, ranges, path):
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = ["*"]
    options.hinting = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[code for lo, hi in ranges for code in range(lo, hi + 1)])
    cutter.subset(font)
    font["head"].created = font["head"].modified = 0  # the same bytes on every run
    font.recalcTimestamp = False
    font.save(path)


def main():
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent
    for style, weight in WEIGHTS.items():
        font = TTFont(INTER / f"Inter-{style}.otf")
        use_tabular_figures(font)
        rename(font, "Signalbox Sans", style, weight)
        write(font, SANS_RANGES, out / f"SignalboxSans-{style}.otf")
    font = TTFont(MONO / "JetBrainsMono-Regular.ttf")
    rename(font, "Signalbox Mono", "Regular", 400)
    write(font, MONO_RANGES, out / "SignalboxMono-Regular.ttf")


if __name__ == "__main__":
    main()
