import Foundation
import Testing

@testable import Record

@Suite struct RecordTests {
    @Test func comesBackAsItWent() throws {
        let contents = try RecordContents(Sample.bytes(Sample.events))
        #expect(contents.events == Sample.events)
        #expect(contents.truncation == nil)
    }

    @Test func aTornLastLineIsToldAndTheRestKept() throws {
        let bytes = Sample.bytes(Sample.events)
        let contents = try RecordContents(Array(bytes.dropLast(10)))
        #expect(contents.events == Sample.events.dropLast())
        #expect(contents.truncation == "cut off inside line \(Sample.events.count)")
    }

    @Test func aMissingEndIsTold() throws {
        let contents = try RecordContents(Sample.bytes(Sample.cutOff))
        #expect(contents.truncation == "cut off after line 8")
    }

    /// Wherever a record is cut, it is either refused in one line or read with a note.
    @Test func prefixesAreReadOrRefused() throws {
        let bytes = Sample.bytes(Sample.events)
        let headerLength = Sample.bytes(Array(Sample.events.prefix(1))).count
        let edges = [headerLength - 1, headerLength, bytes.count - 1]
        let lengths = Array(stride(from: 0, to: bytes.count, by: 31)) + edges
        for length in lengths {
            let prefix = Array(bytes.prefix(length))
            if length < headerLength - 1 {
                #expect(throws: RecordError.self) { try RecordContents(prefix) }
            } else {
                let truncation = try RecordContents(prefix).truncation
                // Only the very last newline may go unnoticed.
                #expect((truncation == nil) == (length == bytes.count - 1), "\(length)")
            }
        }
    }

    @Test(arguments: [
        ("", "the record is empty"),
        ("hello\n", "line 1: not a line of a tcpwitness record"),
        ("\u{0}\u{1}\u{2}", "line 1: not a line of a tcpwitness record"),
        (
            #"{"version":2,"kind":"run","payload":{}}"# + "\n",
            "line 1: this record is of a newer tcpwitness (version 2)"
        ),
        (#"{"version":1,"kind":"run","payload":{}}"# + "\n", "line 1: a line of kind run lacks what it should have"),
        (#"{"version":1,"kind":"later","payload":{}}"# + "\n", "not a tcpwitness record: it has no header line"),
    ])
    func isRefused(_ text: String, _ expected: String) {
        #expect(throws: RecordError(expected)) { try RecordContents(Array(text.utf8)) }
    }

    @Test func garbageInTheMiddleIsRefused() {
        var bytes = Sample.bytes(Array(Sample.events.prefix(3)))
        bytes += Array("garbage\n".utf8) + Sample.bytes(Array(Sample.events.dropFirst(3)))
        #expect(throws: RecordError("line 4: not a line of a tcpwitness record")) { try RecordContents(bytes) }
    }

    @Test func unknownKindsAreIgnored() throws {
        var bytes = Sample.bytes(Array(Sample.events.dropLast()))
        bytes += Array(#"{"version":1,"kind":"later","payload":{"x":1}}"#.utf8) + [UInt8(ascii: "\n")]
        bytes += Sample.bytes([Sample.events[Sample.events.count - 1]])
        #expect(try RecordContents(bytes).events == Sample.events)
    }

    /// Lines are written without Foundation, and as Foundation would.
    @Test func linesAreFoundationsOwn() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        struct Odd: Codable {
            var text = "\"\\/\u{8}\u{c}\n\r\t\u{1}\u{1f}\u{7f} é 同时 \u{2028}"
            var numbers = [0.5, -3, 1e300, 1e-7, 12345678.9]
            var map = ["b": Int64.min, "TCPx": 1, "a.b": Int64.max]
            var none: Int?
            var nested = [["x": true], [:]]
            var empty: [String] = []
        }
        #expect(try LineEncoder().encode(Odd()) == Array(encoder.encode(Odd())))
        for case .call(let fact) in Sample.events {
            #expect(try LineEncoder().encode(fact) == Array(encoder.encode(fact)))
        }
        for case .segment(let fact) in Sample.events {
            #expect(try LineEncoder().encode(fact) == Array(encoder.encode(fact)))
        }
        for case .finished(let fact) in Sample.events {
            #expect(try LineEncoder().encode(fact) == Array(encoder.encode(fact)))
        }
        #expect(throws: EncodingError.self) { try LineEncoder().encode([Double.nan]) }
    }
}
