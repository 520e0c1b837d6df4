/// A JUnit XML document, in the part of the format that Jenkins' `junit-10` and the Ant task's schema agree on.
///
/// Texts may hold anything: what XML cannot carry is replaced, the rest escaped.
package struct TestSuites {
    private let suites: [TestSuite]

    package init(_ suites: [TestSuite]) { self.suites = suites }

    /// The whole document, UTF-8, ending with a newline.
    package var bytes: [UInt8] {
        var document = XMLDocument()
        document.element("testsuites", []) { document in
            for suite in suites { suite.write(to: &document) }
        }
        return document.bytes
    }
}

/// A group of cases.
package struct TestSuite {
    private let id: Int
    private let name: String
    private let timestamp: String?
    private let time: String
    private let properties: [(String, String)]
    private let cases: [TestCase]
    private let output: String
    private let errorOutput: String

    /// - Parameters:
    ///   - id: its number within the document.
    ///   - startedAt: as records have it, with a zone.
    ///   - time: in seconds, with no more than the three decimals that Jenkins' schema takes.
    ///   - properties: names and values.
    package init(
        id: Int, name: String, startedAt: String?, time: String, properties: [(String, String)], cases: [TestCase],
        output: String, errorOutput: String
    ) {
        self.id = id
        self.name = name
        // The schema takes a time without a zone.
        timestamp = startedAt.map { String($0.prefix { $0 != "Z" && $0 != "." }) }
        self.time = time
        self.properties = properties
        self.cases = cases
        self.output = output
        self.errorOutput = errorOutput
    }

    fileprivate func write(to document: inout XMLDocument) {
        let attributes: [(String, String?)] = [
            ("id", "\(id)"), ("name", name), ("package", "tcpwitness"), ("timestamp", timestamp),
            ("hostname", "localhost"), ("tests", "\(cases.count)"), ("failures", "\(cases.count(where: \.isFailure))"),
            ("errors", "\(cases.count(where: \.isError))"), ("skipped", "\(cases.count(where: \.isSkipped))"),
            ("time", time),
        ]
        document.element("testsuite", attributes) { document in
            document.element("properties", []) { document in
                for (name, value) in properties { document.element("property", [("name", name), ("value", value)]) }
            }
            for test in cases { test.write(to: &document) }
            document.element("system-out", [], text: output)
            document.element("system-err", [], text: errorOutput)
        }
    }
}

/// One test and what became of it.
package struct TestCase {
    /// How it ended, if it did not pass.
    package enum Trouble {
        case failure(message: String, type: String, body: String)
        case error(message: String, type: String, body: String)
        case skipped(message: String)
    }

    private let classname: String
    private let name: String
    private let time: String
    private let trouble: Trouble?
    private let output: String?

    /// - Parameter output: nothing but for readers that know an extension of the format.
    package init(classname: String, name: String, time: String, trouble: Trouble?, output: String? = nil) {
        self.classname = classname
        self.name = name
        self.time = time
        self.trouble = trouble
        self.output = output
    }

    fileprivate var isFailure: Bool { if case .failure = trouble { true } else { false } }
    fileprivate var isError: Bool { if case .error = trouble { true } else { false } }
    fileprivate var isSkipped: Bool { if case .skipped = trouble { true } else { false } }

    fileprivate func write(to document: inout XMLDocument) {
        document.element("testcase", [("classname", classname), ("name", name), ("time", time)]) { document in
            switch trouble {
            case .failure(let message, let type, let body):
                document.element("failure", [("message", message), ("type", type)], text: body)
            case .error(let message, let type, let body):
                document.element("error", [("message", message), ("type", type)], text: body)
            case .skipped(let message): document.element("skipped", [("message", message)])
            case nil: break
            }
            if let output { document.element("system-out", [], text: output) }
        }
    }
}
