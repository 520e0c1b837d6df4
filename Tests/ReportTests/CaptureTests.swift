import Foundation
import Record
import Report
import Testing

@Suite struct CaptureTests {
    private static let hasTshark = Tool("tshark") != nil

    private func captures(_ file: String) throws -> [Capture] {
        let record = try Fixture.record(file)
        return record.outcomes.flatMap { Capture.all($0, header: record.header) }
    }

    private func read(_ capture: Capture, _ arguments: [String]) throws -> String {
        let answer = try #require(Tool("tshark")).run(["-r", "-"] + arguments, input: capture.bytes)
        #expect(answer.status == 0, "\(answer.output)")
        return answer.output.split(separator: "\n").filter { !$0.hasPrefix("Running as user") }.map { $0 + "\n" }
            .joined()
    }

    @Test func namesAreKnownWithoutTheFiles() throws {
        let record = try Fixture.record("frames.jsonl")
        for outcome in record.outcomes {
            #expect(Capture.names(outcome) == Capture.all(outcome, header: record.header).map(\.name))
        }
    }

    @Test func eachHostHasAFileOfItsOwn() throws {
        #expect(
            try captures("frames.jsonl").map(\.name).sorted() == [
                "open.self-connect.A.pcapng", "open.simultaneous-segment-count.A.pcapng",
                "open.simultaneous-segment-count.B.pcapng",
                "open.syn-recv-visible.A.pcapng", "open.syn-recv-visible.B.pcapng", "open.syn-timeout.A.pcapng",
                "open.syn-timeout.B.pcapng",
            ])
    }

    /// What is in the file is what the record has, which is what was captured.
    @Test func framesAreTheRecords() throws {
        let record = try Fixture.record("frames.jsonl")
        for outcome in record.outcomes {
            for capture in Capture.all(outcome, header: record.header) {
                for case .segment(let fact) in outcome.facts where capture.name.contains(".\(fact.from).") {
                    if fact.fate == .injected || fact.fate == .released { continue }
                    let bytes = try #require(fact.frame?.bytes)
                    #expect(bytes.count >= 54 + fact.length)
                    #expect(capture.bytes.firstRange(of: bytes) != nil, "\(capture.name)")
                }
            }
        }
    }

    /// A segment without its bytes is left out; none is made up.
    @Test func withoutBytesThereIsNoFile() throws {
        let record = try Fixture.record("record.jsonl")
        #expect(record.outcomes.flatMap { Capture.all($0, header: record.header) }.isEmpty)
        #expect(record.outcomes.flatMap(Capture.names).isEmpty)
    }

    /// Blocks follow each other to the end, each with its length before and behind.
    @Test func blocksAreWhole() throws {
        for capture in try captures("frames.jsonl") {
            func word(_ place: Int) -> Int { (0..<4).reduce(0) { $0 | Int(capture.bytes[place + $1]) << (8 * $1) } }
            var types: [Int] = []
            var place = 0
            while place < capture.bytes.count {
                let length = word(place + 4)
                try #require(length % 4 == 0 && length >= 12 && place + length <= capture.bytes.count)
                #expect(word(place + length - 4) == length)
                types.append(word(place))
                place += length
            }
            #expect(Array(types.prefix(2)) == [0x0a0d_0d0a, 1])
            #expect(types.dropFirst(2).allSatisfy { $0 == 6 })
        }
    }

    @Test(.enabled(if: hasTshark, "tshark is not installed"))
    func tsharkHasNothingToComplainOf() throws {
        for capture in try captures("frames.jsonl") {
            let checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
            let bad = try read(
                capture,
                checks + ["-Y", "_ws.malformed || tcp.checksum.status == Bad || ip.checksum.status == Bad || !tcp"])
            #expect(bad == "", "\(capture.name)")
        }
    }

    @Test(.enabled(if: hasTshark, "tshark is not installed"))
    func whatWasHeldIsInTheReceiversFileLater() throws {
        let captures = try captures("frames.jsonl").filter { $0.name.contains("segment-count") }
        let fields = ["-T", "fields", "-e", "frame.interface_name", "-e", "tcp.flags.str", "-e", "frame.comment"]
        let told = try captures.map { try read($0, fields) }.joined(separator: "\n")
        try Fixture.expect(told, equals: "capture.txt")
    }
}
