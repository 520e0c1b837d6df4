internal import Foundation
internal import Record
internal import XMLCoder

extension Comparison {
    /// The comparison as JUnit XML: a suite for every step, a case for every scenario, which fails where something
    /// changed that nothing explains. What was to be expected stands in the suite's output.
    package var junit: [UInt8] {
        let encoder = XMLEncoder()
        encoder.outputFormatting = .prettyPrinted
        encoder.prettyPrintIndentation = .spaces(2)
        do {
            let document = try encoder.encode(
                Suites(self), withRootKey: "testsuites", header: XMLHeader(version: 1.0, encoding: "UTF-8"))
            return Array(document) + [UInt8(ascii: "\n")]
        } catch {
            // Strings and numbers are always expressible.
            fatalError("cannot encode JUnit XML: \(error)")
        }
    }
}

private struct Suites: Encodable {
    enum CodingKeys: String, CodingKey { case suites = "testsuite" }

    let suites: [Suite]

    init(_ comparison: Comparison) {
        suites = comparison.steps.enumerated().map { Suite(id: $0.offset, step: $0.element) }
    }
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
    let errors = 0
    let skipped: Int
    let time = "0.000"
    let properties: Properties
    let cases: [Case]
    let output: String
    let errorOutput: String

    init(id: Int, step: Comparison.Step) {
        self.id = id
        name = legal(step.title)
        // The schema takes a time without a zone.
        timestamp = step.after.header.startedAt.map { legal(String($0.prefix { $0 != "Z" && $0 != "." })) }
        cases = step.scenarios.map { Case($0, step) }
        tests = cases.count
        failures = cases.count { $0.failure != nil }
        skipped = cases.count { $0.skipped != nil }
        properties = Properties(step)
        let known = step.scenarios.flatMap { change in
            change.differences.compactMap { difference in
                difference.known.map { "\(difference.line(withScenario: true)); known: \($0.line)" }
            }
        }
        output = legal(known.joined(separator: "\n"))
        errorOutput = legal([step.before, step.after].compactMap(\.cautionLine).joined(separator: "\n"))
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

    init(_ step: Comparison.Step) {
        property = [
            ("kernel before", step.before.header.kernel.release), ("kernel after", step.after.header.kernel.release),
            ("lane", step.after.header.lane.rawValue), ("place before", step.before.header.place),
            ("place after", step.after.header.place),
        ].map { Property(name: $0.0, value: legal($0.1)) }
    }
}

private struct Case: Encodable, DynamicNodeEncoding {
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
    let time = "0.000"
    let failure: Result?
    let skipped: Result?

    init(_ change: Comparison.Change, _ step: Comparison.Step) {
        // Jenkins takes a dot for the end of a package, which no kernel's release is.
        let kernel = step.after.name.replacingOccurrences(of: ".", with: "_")
        classname = legal("tcpwitness.compare.\(kernel).\(change.scenario.topic)")
        name = legal(change.scenario.id)
        let lines = change.unexplained.map { $0.line(withScenario: false) }
        failure = lines.first.map { first in
            Result(message: legal(first), type: "change", body: legal(lines.joined(separator: "\n")))
        }
        let isSkipped = change.isUnjudged && lines.isEmpty
        skipped = isSkipped ? Result(message: "neither run has judged it", type: nil, body: nil) : nil
    }

    static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
        ["failure", "skipped"].contains(key.stringValue) ? .element : .attribute
    }
}

extension Difference {
    fileprivate func line(withScenario: Bool) -> String {
        (withScenario ? "\(scenario): " : "") + "\(heading): was \(beforeWords), now \(afterWords)"
    }
}

/// The text with what XML 1.0 cannot carry, not even escaped, replaced by U+FFFD.
private func legal(_ text: String) -> String {
    String(
        String.UnicodeScalarView(
            text.unicodeScalars.map { scalar in
                switch scalar.value {
                case 0x09, 0x0a, 0x20...0xfffd, 0x10000...0x10ffff: scalar
                default: "\u{fffd}"
                }
            }))
}
