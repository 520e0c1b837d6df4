internal import FoundationEssentials
package import Record

/// Runs as KernelCI's common database takes them (kcidb-io, version 5): a checkout and a build for each kernel, a test
/// for each attempt.
package enum KCIDB {
    /// Who submits, and what is known there already.
    package struct Origin: Equatable, Sendable {
        /// The name under which KernelCI knows the CI system.
        package var name: String
        /// The build that was tested, `ORIGIN:ID`, where it was submitted before; nil for one to be described here.
        package var build: String?

        package init(name: String, build: String? = nil) {
            self.name = name
            self.build = build
        }

        /// Whether the schema takes a text for the name of an origin.
        package static func isName(_ text: String) -> Bool { text.wholeMatch(of: /[a-z0-9_]+/) != nil }

        /// Whether the schema takes a text for an identifier.
        package static func isIdentifier(_ text: String) -> Bool {
            text.wholeMatch(of: /[a-z0-9_]+:[^\0]*/) != nil
        }
    }

    /// One document, ending with a newline.
    package static func document(_ runs: [(name: String, record: RunRecord)], from origin: Origin) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(Document(runs, origin))) + [UInt8(ascii: "\n")]
        } catch {
            // Numbers are finite, since records have no others.
            fatalError("cannot encode a KCIDB document: \(error)")
        }
    }

    /// How much of a log the schema takes, in characters.
    fileprivate static let longestExcerpt = 16_384

    fileprivate static func excerpt(_ lines: [String]) -> String? {
        let text = String(
            String.UnicodeScalarView(lines.map(\.plain).joined(separator: "\n").unicodeScalars.prefix(longestExcerpt)))
        return text.isEmpty ? nil : text
    }
}

private struct Document: Encodable {
    struct Version: Encodable {
        let major = 5
        let minor = 0
    }

    let version = Version()
    /// Left out where the build is known there.
    var checkouts: [Checkout]?
    var builds: [Build]?
    var tests: [Test] = []

    init(_ runs: [(name: String, record: RunRecord)], _ origin: KCIDB.Origin) {
        if origin.build == nil {
            checkouts = []
            builds = []
        }
        var known: Set<String> = []
        for (name, record) in runs {
            let kernel = record.header.kernel
            let checkout = "\(origin.name):\(kernel.release.plain)"
            // Two builds of one release may differ in all but their name.
            let build = origin.build ?? "\(checkout)/\(kernel.version.plain)"
            if known.insert(build).inserted, checkouts != nil {
                if !(checkouts ?? []).contains(where: { $0.id == checkout }) {
                    checkouts?.append(
                        Checkout(id: checkout, origin: origin.name, comment: "Linux \(kernel.release)".plain))
                }
                builds?.append(
                    Build(
                        id: build, checkout_id: checkout, origin: origin.name, comment: kernel.version.plain,
                        architecture: Build.architecture(kernel.machine)))
            }
            tests += Test.all(record, name, build, origin.name)
        }
    }
}

private struct Checkout: Encodable {
    let id: String
    let origin: String
    let comment: String
    let valid = true
}

private struct Build: Encodable {
    let id: String
    let checkout_id: String
    let origin: String
    let comment: String
    let architecture: String
    let status = "PASS"

    static func architecture(_ machine: String) -> String {
        machine.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}

private struct Test: Encodable {
    struct Environment: Encodable {
        let comment: String
    }

    struct Misc: Encodable {
        let tool: String
        let lane: Lane
        let link: String
        var location: String?
        var cites: [String]?
        var variant: String?
        var measurements: [String: String]?
        var triedAgain: [String]?
    }

    let id: String
    let build_id: String
    let origin: String
    let path: String
    let status: String
    var comment: String?
    var start_time: String?
    let duration: Double
    let environment: Environment
    var log_excerpt: String?
    let misc: Misc

    /// The attempts of a run, and the run itself where it ended early.
    static func all(_ record: RunRecord, _ name: String, _ build: String, _ origin: String) -> [Test] {
        let header = record.header
        let begun = Set(record.attempts.map(\.attempt.scenario))
        let run = "\(origin):\(name.plain)/\(header.lane.rawValue)/\(header.startedAt ?? "")"
        var tests = record.outcomes.map { outcome in
            let wasRun = begun.contains(outcome.scenario.id)
            return Test(
                id: "\(run)/\(outcome.name.plain)", build_id: build, origin: origin,
                path: path(of: outcome.scenario.id), status: wasRun ? status(of: outcome.verdict) : "MISS",
                comment: outcome.scenario.claim.plain, start_time: header.startedAt,
                duration: Double(outcome.duration) / 1e9, environment: Environment(comment: header.place.plain),
                log_excerpt: KCIDB.excerpt(log(of: outcome)), misc: Misc(outcome, header))
        }
        if let ending = record.end?.interrupted ?? record.truncation.map({ "the record is \($0)" }) {
            tests.append(
                Test(
                    id: "\(run)/run", build_id: build, origin: origin, path: "tcpwitness", status: "MISS",
                    comment: "The run as a whole, which ended early.", start_time: header.startedAt,
                    duration: Double(record.end?.duration ?? 0) / 1e9,
                    environment: Environment(comment: header.place.plain),
                    log_excerpt: KCIDB.excerpt([ending] + (record.end?.console?.told ?? [])),
                    misc: Misc(tool: header.tool, lane: header.lane, link: header.link.rawValue)))
        }
        return tests
    }

    private static func status(of verdict: Verdict) -> String {
        switch verdict {
        case .passed: "PASS"
        case .failed: "FAIL"
        case .error: "ERROR"
        case .skipped: "SKIP"
        }
    }

    /// `tcpwitness.close.simultaneous`, with nothing that a path may not have.
    private static func path(of id: String) -> String {
        let parts = id.split(separator: ".").map { part in
            String(part.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") ? $0 : "_" })
        }
        return (["tcpwitness"] + parts).joined(separator: ".")
    }

    private static func log(of outcome: Outcome) -> [String] {
        let lines = outcome.isBad ? outcome.explanation : outcome.reason.map { [$0] } ?? []
        return lines + outcome.health.flatMap(\.lines)
    }
}

extension Test.Misc {
    init(_ outcome: Outcome, _ header: RunHeader) {
        self.init(tool: header.tool, lane: header.lane, link: outcome.link)
        location = outcome.scenario.location
        cites = outcome.scenario.citations.map {
            ([$0.source] + [$0.section].compactMap(\.self)).joined(separator: ", ")
        }
        variant = outcome.variant
        triedAgain = outcome.again.isEmpty ? nil : outcome.again
        let named = outcome.measurements.map { ($0.name, "\($0.value) \($0.unit)") }
        measurements = named.isEmpty ? nil : Dictionary(named) { first, _ in first }
    }
}
