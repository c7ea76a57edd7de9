#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Reads metrics strictly: metrics.py prometheus|openmetrics FILE [NAME [LABEL=VALUE...]]

Fails with a line number on anything that the format does not allow, or that
this exporter should not do. With a NAME, prints the sum of its samples that
have those labels; with the name "names", all names of samples; with the name
"same", reads lines "SUM NAME LABEL=VALUE..." and fails if one is not so.
"""
import re
import sys

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')
SAMPLE = re.compile(r"(%s)(?:\{(.*)\})? (-?[0-9]+(?:\.[0-9]+)?)$" % NAME)
META = re.compile(r"# (HELP|TYPE|UNIT) (%s) (.+)$" % NAME)


class Wrong(Exception):
    pass


def must(right, what):
    if not right:
        raise Wrong(what)


def labels_of(text):
    labels, at = {}, 0
    while text and at < len(text):
        m = LABEL.match(text, at)
        must(m, "labels: %s" % text)
        must(m.group(1) not in labels, "label twice: %s" % m.group(1))
        labels[m.group(1)] = m.group(2)
        at = m.end()
        must(at == len(text) or text[at] == ",", "between labels: %s" % text)
        at += 1
        must(at != len(text), "a comma too much")
    return labels


class Reader:
    def __init__(self, openmetrics):
        self.openmetrics = openmetrics
        self.meta = {}      # family -> {HELP, TYPE, UNIT}
        self.order = []     # families as they came
        self.samples = []   # (name, labels, value)
        self.seen = set()
        self.ended = False

    def metadata(self, line):
        m = META.match(line)
        must(m, "comment that is no metadata")
        kind, family, text = m.groups()
        must(kind != "UNIT" or self.openmetrics, "UNIT in text format 0.0.4")
        if kind == "HELP":
            must(family not in self.meta, "family in two places")
            self.meta[family] = {}
            self.order.append(family)
        must(self.order and self.order[-1] == family, "HELP must come first")
        meta = self.meta[family]
        must(kind not in meta, "%s twice" % kind)
        meta[kind] = text
        if kind == "TYPE":
            must(text in ("counter", "gauge"), "type")
            total = family.endswith("_total")
            must(total == (text == "counter" and not self.openmetrics), "_total in the family's name")
        if kind == "UNIT":
            must(family.endswith("_" + text), "a family's name ends with its unit")
        if kind == "HELP":
            must(text.endswith("."), "a help text is a sentence")

    def sample(self, line):
        m = SAMPLE.match(line)
        must(m, "sample")
        name, labels, value = m.group(1), labels_of(m.group(2)), float(m.group(3))
        must(self.order, "sample before metadata")
        family = self.order[-1]
        meta = self.meta[family]
        must("TYPE" in meta and "HELP" in meta, "sample without metadata")
        suffix = "_total" if meta["TYPE"] == "counter" and self.openmetrics else ""
        must(name == family + suffix, "sample of another family than %s" % family)
        must(meta["TYPE"] != "counter" or value >= 0, "negative counter")
        if self.openmetrics and "bytes" in name.split("_"):
            must(meta.get("UNIT") == "bytes", "bytes without unit")
        must(not name.endswith("_info") or value == 1, "an info is 1")
        key = (name, tuple(sorted(labels.items())))
        must(key not in self.seen, "sample twice")
        self.seen.add(key)
        self.samples.append((name, labels, value))

    def read(self, text):
        must(text.endswith("\n"), "last line has no end")
        for number, line in enumerate(text.split("\n")[:-1], 1):
            try:
                must(not self.ended, "text behind # EOF")
                if line == "# EOF" and self.openmetrics:
                    self.ended = True
                elif line.startswith("#"):
                    self.metadata(line)
                else:
                    self.sample(line)
            except Wrong as e:
                sys.exit("line %d: %s: %s" % (number, e, line))
        must(self.ended == self.openmetrics, "# EOF")
        for family in self.order:
            must(any(s[0].startswith(family) for s in self.samples), "family without samples: %s" % family)


def total(reader, name, labels):
    wanted = dict(a.split("=", 1) for a in labels)
    found = [v for n, l, v in reader.samples
             if n == name and all(l.get(k) == x for k, x in wanted.items())]
    if not found:
        sys.exit("no sample %s with %s" % (name, wanted))
    return sum(found)


def main():
    reader = Reader(sys.argv[1] == "openmetrics")
    with open(sys.argv[2], encoding="utf-8", newline="") as f:
        try:
            reader.read(f.read())
        except Wrong as e:
            sys.exit(str(e))
    if len(sys.argv) < 4:
        return
    if sys.argv[3] == "names":
        print("\n".join(sorted({s[0] for s in reader.samples})))
        return
    if sys.argv[3] == "same":
        for line in sys.stdin:
            want, name, *labels = line.split()
            got = total(reader, name, labels)
            if got != int(want):
                sys.exit("%s with %s is %d, not %s" % (name, labels, got, want))
        return
    print("%d" % total(reader, sys.argv[3], sys.argv[4:]))


main()
