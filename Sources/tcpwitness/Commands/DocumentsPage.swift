internal import FoundationEssentials
internal import Record

extension Citation.Standing {
    /// A sign for a table.
    fileprivate var sign: String {
        switch self {
        case .absent: "–"
        case .holds: "="
        case .unstated: "?"
        case .differs: "≈"
        case .refuted: "≠"
        }
    }

    fileprivate var words: String {
        switch self {
        case .absent: "the kernel has no such thing"
        case .holds: "holds"
        case .unstated: "not stated"
        case .differs: "differs"
        case .refuted: "refuted"
        }
    }
}

extension DocumentMatrix.Line {
    /// `refuted`, `holds, shown by parts`, `to do`.
    fileprivate var summary: String {
        guard let standing else { return omission ?? "not judged" }
        return standing.words + (isPartial ? ", shown by parts" : "")
    }
}

// MARK: As a page

extension DocumentMatrix {
    var markdown: String { ([head] + sheets.map(section)).joined(separator: "\n") }

    private var head: String {
        let signs = [Citation.Standing.holds, .unstated, .differs, .refuted, .absent]
        let key = signs.map { "\($0.sign) \($0.words)" }.joined(separator: ", ")
        let rows = sheets.map { sheet in
            let judged = [Citation.Standing.holds, .unstated, .differs, .refuted].map { String(sheet.count($0)) }
            let omitted = ["to do", "not testable", "out of field"].map { String(sheet.count(omitted: $0)) }
            let title = sheet.gloss.map { "\(sheet.title) (\($0))" } ?? sheet.title
            let cells = [String(sheet.lines.count)] + judged + [String(sheet.lines.count(where: \.isPartial))] + omitted
            return "| [\(sheet.name)](#\(anchor(sheet.name))) | \(title) | \(sheet.date ?? "") | "
                + cells.joined(separator: " | ") + " |\n"
        }.joined()
        return """
            # What documents claim, and what Linux does

            Each claim of each document, in our own words, and how it fares on Linux: shown by the scenarios named beside
            it, on the kernels at the head of the columns. Made by `tcpwitness documents` from the scenarios' citations,
            the baselines and the history of releases: do not edit it.

            Signs: \(key); · not judged there. Where a part of the claim alone is shown, it is named after the scenario.
            Invariants are held against every segment and transition of every scenario.

            | | document | edition | rows | holds | not stated | differs | refuted | by parts | to do | not testable | out of field |
            |---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|
            \(rows)
            """
    }

    private func section(_ sheet: Sheet) -> String {
        var lines = ["## \(sheet.name)", ""]
        lines.append("| claim | \(columns.map(\.series).joined(separator: " | ")) | shown by | since |")
        lines.append("|---|\(String(repeating: ":-:|", count: columns.count))---|---|")
        for line in sheet.lines {
            let place = line.section.map { " (\($0))" } ?? ""
            let claim = "**\(cell(line.id))**\(place) \(cell(line.claim))"
            if line.assertions.isEmpty {
                lines.append(
                    "| \(claim) |\(String(repeating: " · |", count: columns.count)) *\(cell(line.omission ?? ""))* | |")
            }
            for (number, assertion) in line.assertions.enumerated() {
                let signs = assertion.standings.map { $0?.sign ?? "·" }.joined(separator: " | ")
                lines.append(
                    "| \(number == 0 ? claim : "") | \(signs) | \(source(assertion)) | \(assertion.since ?? "") |")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func source(_ assertion: Assertion) -> String {
        let part = assertion.part.map { " (only \($0))" } ?? ""
        guard !assertion.isInvariant else { return "invariant `\(assertion.by)`\(part)" }
        return "[`\(assertion.by)`](../BEHAVIOURS.md#\(anchor(assertion.by)))\(part)"
    }

    /// As the usual renderers make it of a heading.
    private func anchor(_ heading: String) -> String {
        heading.lowercased().replacing(" ", with: "-").filter { $0.isLetter || $0.isNumber || "-_".contains($0) }
    }

    private func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}

// MARK: For a terminal

extension DocumentMatrix {
    var text: String {
        sheets.map { sheet in
            let width = sheet.lines.map(\.id.count).max() ?? 0
            let lines = sheet.lines.flatMap { line -> [String] in
                let id = line.id + String(repeating: " ", count: width - line.id.count)
                return ["  \(id)  \(line.summary): \(line.claim)"] + line.assertions.map { told($0, indent: width + 4) }
            }
            let edition = sheet.date.map { " (\($0))" } ?? ""
            return (["\(sheet.name)  \(sheet.title)\(edition)"] + lines).map { $0 + "\n" }.joined()
        }.joined(separator: "\n")
    }

    /// Neighbouring kernels on which it fares alike stand together.
    private func told(_ assertion: Assertion, indent: Int) -> String {
        var groups: [(series: [String], words: String)] = []
        for (column, standing) in zip(columns, assertion.standings) {
            guard let words = standing?.words else { continue }
            if groups.last?.words == words {
                groups[groups.count - 1].series.append(column.series)
            } else {
                groups.append(([column.series], words))
            }
        }
        let kernels = groups.map { group in
            let ends =
                group.series.count > 2
                ? "\(group.series[0]) to \(group.series[group.series.count - 1])"
                : group.series.joined(separator: ", ")
            return "\(ends) \(group.words)"
        }.joined(separator: "; ")
        let part = assertion.part.map { " (only \($0))" } ?? ""
        let since = assertion.since.map { ", since \($0)" } ?? ""
        return String(repeating: " ", count: indent) + (assertion.isInvariant ? "invariant " : "")
            + "\(assertion.by)\(part): \(kernels)\(since)"
    }
}

// MARK: For programs

extension DocumentMatrix {
    private struct Whole: Encodable {
        let version = 1
        let kernels: [Column]
        let documents: [Sheet]
    }

    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let data = try encoder.encode(Whole(kernels: columns, documents: sheets))
            return String(decoding: data, as: UTF8.self) + "\n"
        } catch {
            // Strings are always expressible.
            fatalError("cannot encode the documents: \(error)")
        }
    }
}
