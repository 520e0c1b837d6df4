internal import Foundation
package import XMLCoder

/// A JUnit XML document, in the part of the format that Jenkins' `junit-10` and the Ant task's schema agree on.
///
/// Texts may hold anything: what XML cannot carry is replaced, the rest escaped.
package struct TestSuites: Encodable {
    enum CodingKeys: String, CodingKey { case suites = "testsuite" }

    let suites: [TestSuite]

    package init(_ suites: [TestSuite]) { self.suites = suites }

    /// The whole document, UTF-8, ending with a newline.
    package var bytes: [UInt8] {
        let encoder = XMLEncoder()
        encoder.outputFormatting = .prettyPrinted
        encoder.prettyPrintIndentation = .spaces(2)
        // Text is escaped where it is made legal: the encoder's replacements take seconds for a few megabytes.
        encoder.charactersEscapedInElements = []
        do {
            let document = try encoder.encode(
                self, withRootKey: "testsuites", header: XMLHeader(version: 1.0, encoding: "UTF-8"))
            return Array(document) + [UInt8(ascii: "\n")]
        } catch {
            // Strings and numbers are always expressible.
            fatalError("cannot encode JUnit XML: \(error)")
        }
    }
}

/// A group of cases.
package struct TestSuite: Encodable, DynamicNodeEncoding {
    enum CodingKeys: String, CodingKey {
        case id, name, package, timestamp, hostname, tests, failures, errors, skipped, time
        case properties, cases = "testcase", output = "system-out", errorOutput = "system-err"
    }

    struct Properties: Encodable {
        struct Property: Encodable, DynamicNodeEncoding {
            let name: String
            let value: String

            package static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding { .attribute }
        }

        let property: [Property]
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
    let cases: [TestCase]
    let output: String
    let errorOutput: String

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
        self.name = legal(name)
        // The schema takes a time without a zone.
        timestamp = startedAt.map { legal(String($0.prefix { $0 != "Z" && $0 != "." })) }
        tests = cases.count
        failures = cases.count { $0.failure != nil }
        errors = cases.count { $0.error != nil }
        skipped = cases.count { $0.skipped != nil }
        self.time = time
        self.properties = Properties(
            property: properties.map { Properties.Property(name: $0.0, value: legal($0.1)) })
        self.cases = cases
        self.output = escaped(output)
        self.errorOutput = escaped(errorOutput)
    }

    package static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
        switch CodingKeys(rawValue: key.stringValue) {
        case .properties, .cases, .output, .errorOutput: .element
        default: .attribute
        }
    }
}

/// One test and what became of it.
package struct TestCase: Encodable, DynamicNodeEncoding {
    enum CodingKeys: String, CodingKey {
        case classname, name, time, failure, error, skipped, output = "system-out"
    }

    /// How it ended, if it did not pass.
    package enum Trouble {
        case failure(message: String, type: String, body: String)
        case error(message: String, type: String, body: String)
        case skipped(message: String)
    }

    struct Result: Encodable, DynamicNodeEncoding {
        enum CodingKeys: String, CodingKey { case message, type, body = "" }

        let message: String
        let type: String?
        let body: String?

        init(_ message: String, type: String? = nil, body: String? = nil) {
            self.message = legal(message)
            self.type = type
            self.body = body.map(escaped)
        }

        package static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
            key.stringValue.isEmpty ? .element : .attribute
        }
    }

    let classname: String
    let name: String
    let time: String
    private(set) var failure: Result?
    private(set) var error: Result?
    private(set) var skipped: Result?
    let output: String?

    /// - Parameter output: nothing but for readers that know an extension of the format.
    package init(classname: String, name: String, time: String, trouble: Trouble?, output: String? = nil) {
        self.classname = legal(classname)
        self.name = legal(name)
        self.time = time
        self.output = output.map(escaped)
        switch trouble {
        case .failure(let message, let type, let body): failure = Result(message, type: type, body: body)
        case .error(let message, let type, let body): error = Result(message, type: type, body: body)
        case .skipped(let message): skipped = Result(message)
        case nil: break
        }
    }

    package static func nodeEncoding(for key: any CodingKey) -> XMLEncoder.NodeEncoding {
        ["failure", "error", "skipped", "system-out"].contains(key.stringValue) ? .element : .attribute
    }
}

/// The content of an element.
private func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in legal(text).utf8 {
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
private func legal(_ text: String) -> String {
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
