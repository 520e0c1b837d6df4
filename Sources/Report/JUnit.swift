internal import Foundation
package import Record
internal import XMLCoder

/// A run as JUnit XML, in the part of the format that Jenkins' `junit-10` and the Ant task's schema agree on.
///
/// That part has no attributes on `testsuites` and no output in a `testcase`, so the timelines of a topic's attempts
/// stand one after the other in the output of its suite. Repeats that passed are left out there: they would only make
/// the report a hundred times as long, and the record has them.
package enum JUnit {
    /// The whole document, UTF-8, ending with a newline. Runs in guests name their kernels.
    ///
    /// - Parameter attachments: the files that belong to an attempt, for the extension of the format that Jenkins and
    ///   GitLab read; the report then has output in each testcase.
    package static func document(_ records: [RunRecord], attachments: Attachments? = nil) -> [UInt8] {
        let encoder = XMLEncoder()
        encoder.outputFormatting = .prettyPrinted
        encoder.prettyPrintIndentation = .spaces(2)
        // Text is escaped where it is made legal: the encoder's replacements take seconds for a few megabytes.
        encoder.charactersEscapedInElements = []
        do {
            let document = try encoder.encode(
                Suites(records, attachments), withRootKey: "testsuites",
                header: XMLHeader(version: 1.0, encoding: "UTF-8"))
            return Array(document) + [UInt8(ascii: "\n")]
        } catch {
            // Strings and numbers are always expressible.
            fatalError("cannot encode JUnit XML: \(error)")
        }
    }

    /// Says which files belong to an attempt, by the paths that readers are to find them under.
    package struct Attachments {
        fileprivate let paths: (RunRecord, Outcome) -> [String]

        package init(paths: @escaping (RunRecord, Outcome) -> [String]) { self.paths = paths }
    }
}

private struct Suites: Encodable {
    enum CodingKeys: String, CodingKey { case suites = "testsuite" }

    let suites: [Suite]

    init(_ records: [RunRecord], _ attachments: JUnit.Attachments?) {
        var suites: [Suite] = []
        for record in records {
            let outcomes = record.outcomes
            var topics: [String] = []
            for outcome in outcomes where !topics.contains(outcome.scenario.topic) {
                topics.append(outcome.scenario.topic)
            }
            suites += topics.enumerated().map { index, topic in
                Suite(
                    id: suites.count + index, topic: topic,
                    outcomes: outcomes.filter { $0.scenario.topic == topic }, header: record.header
                ) { outcome in attachments?.paths(record, outcome) ?? [] }
            }
        }
        self.suites = suites
    }
}

extension RunHeader {
    /// The kernel's release for names of suites; nil for the machine's own kernel.
    fileprivate var guestKernel: String? { place == "host" ? nil : kernel.release }
}

private struct Suite: Encodable, DynamicNodeEncoding {
    enum CodingKeys: String, CodingKey {
        case id, name, package, timestamp, hostname, tests, failures, errors, skipped, time
        case properties, cases = "testcase", output = "system-out", errorOutput = "system-err"
    }

    let id: Int
    let name: String
    let package = "tcpwitness"
    let timestamp: String?
    let hostname = "localhost"
    let tests: Int
    let failures: Int
    let errors: Int
    let skipped: Int
    let time: String
    let properties: Properties
    let cases: [Case]
    let output: String
    let errorOutput = ""

    init(id: Int, topic: String, outcomes: [Outcome], header: RunHeader, attached: (Outcome) -> [String]) {
        func count(_ verdict: Verdict) -> Int { outcomes.count { $0.verdict == verdict } }
        self.id = id
        name = xmlLegal((header.guestKernel.map { "\($0) " } ?? "") + topic)
        // The schema takes a time without a zone.
        timestamp = header.startedAt.map { xmlLegal(String($0.prefix { $0 != "Z" && $0 != "." })) }
        tests = outcomes.count
        failures = count(.failed)
        errors = count(.error)
        skipped = count(.skipped)
        // Jenkins' schema takes no more than three decimals.
        time = seconds(outcomes.map(\.duration).reduce(0, +), decimals: 3)
        properties = Properties(header)
        cases = outcomes.map { Case($0, header, attached: attached($0)) }
        let told = outcomes.filter { $0.verdict != .passed || $0.isFirst }
        let timelines = told.map { outcome in
            let title = outcome.name + (outcome.variant.map { "  (variant \($0))" } ?? "")
            return ([title] + outcome.timeline).joined(separator: "\n")
        }
        output = xmlText(timelines.joined(separator: "\n\n"))
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
        switch CodingKeys(rawValue: key.stringValue) {
        case .properties, .cases, .output, .errorOutput: .element
        default: .attribute
        }
    }
}

private struct Properties: Encodable {
    struct Property: Encodable, DynamicNodeEncoding {
        let name: String
        let value: String

        static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding { .attribute }
    }

    let property: [Property]

    init(_ header: RunHeader) {
        let limits = header.limits.enumerated().map { ("limit \($0.offset + 1)", $0.element) }
        let pairs = [
            ("kernel release", header.kernel.release), ("kernel version", header.kernel.version),
            ("machine", header.kernel.machine), ("lane", header.lane.rawValue), ("link", header.link.rawValue),
            ("place", header.place), ("tool", header.tool),
        ]
        property = (pairs + limits).map { Property(name: $0.0, value: xmlLegal($0.1.oneLine)) }
    }
}

private struct Case: Encodable, DynamicNodeEncoding {
    enum CodingKeys: String, CodingKey {
        case classname, name, time, failure, error, skipped, output = "system-out"
    }

    struct Result: Encodable, DynamicNodeEncoding {
        enum CodingKeys: String, CodingKey { case message, type, body = "" }

        let message: String
        let type: String?
        let body: String?

        static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
            key.stringValue.isEmpty ? .element : .attribute
        }
    }

    let classname: String
    let name: String
    let time: String
    let failure: Result?
    let error: Result?
    let skipped: Result?
    /// A line for each attached file, in the form that Jenkins and GitLab look for.
    let output: String?

    init(_ outcome: Outcome, _ header: RunHeader, attached: [String]) {
        // Readers make a hierarchy of the dots, in which a kernel is one level.
        let kernel = header.guestKernel.map { String($0.map { $0 == "." ? "_" : $0 }) + "." } ?? ""
        classname = xmlLegal("tcpwitness.\(kernel)\(outcome.scenario.topic)")
        name = xmlLegal(outcome.name)
        time = seconds(outcome.duration, decimals: 3)
        let message = xmlLegal((outcome.reason ?? "no reason given").oneLine)
        let heading = outcome.heading(verdict: outcome.verdict.word)
        let body = xmlText(([heading] + outcome.explanation).joined(separator: "\n"))
        let lines = attached.map { "[[ATTACHMENT|\($0)]]" }
        output = lines.isEmpty ? nil : xmlText(lines.joined(separator: "\n"))
        failure =
            outcome.verdict == .failed ? Result(message: message, type: "expectation", body: body) : nil
        error = outcome.verdict == .error ? Result(message: message, type: "harness", body: body) : nil
        skipped = outcome.verdict == .skipped ? Result(message: message, type: nil, body: nil) : nil
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
        ["failure", "error", "skipped", "system-out"].contains(key.stringValue) ? .element : .attribute
    }
}

/// The content of an element.
private func xmlText(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in xmlLegal(text).utf8 {
        switch byte {
        case UInt8(ascii: "&"): bytes += "&amp;".utf8
        case UInt8(ascii: "<"): bytes += "&lt;".utf8
        case UInt8(ascii: ">"): bytes += "&gt;".utf8
        default: bytes.append(byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// The text with what XML 1.0 cannot carry, not even escaped, replaced by U+FFFD.
private func xmlLegal(_ text: String) -> String {
    // As bytes: a string that grows by single scalars is copied again and again.
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x20..<0x7f: bytes.append(UInt8(scalar.value))
        case 0x09, 0x0a, 0x7f...0xfffd, 0x10000...0x10ffff: bytes += scalar.utf8
        default: bytes += "\u{fffd}".utf8
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
