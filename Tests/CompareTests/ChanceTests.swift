import Compare
import Record
import Testing

/// What memory and clock decide, which two runs of one kernel need not agree on.
@Suite struct ChanceTests {
    private func differences(_ before: (inout SampleAttempt) -> Void, _ after: (inout SampleAttempt) -> Void)
        -> [String]
    {
        func run(_ seen: (inout SampleAttempt) -> Void) -> RunRecord {
            Sample.run("6.12.1", place: "guest, virtual time", [.of("shutdown.wr-flush", seen: seen)])
        }
        let runs = [("old", run(before)), ("new", run(after))]
        return Comparison(runs, knowing: []).unexplained.map(\.brief)
    }

    @Test func whereAStreamIsCut() {
        let seen = differences({
            $0.segment("A", ".", 1, ack: 1, length: 1448)
            $0.segment("A", "P.", 1449, ack: 1, length: 1448)
            $0.segment("B", ".", 1, ack: 2897)
            $0.segment("A", "F.", 2897, ack: 1)
        }) {
            $0.segment("A", "P.", 1, ack: 1, length: 1200)
            $0.segment("B", ".", 1, ack: 1201)
            $0.segment("A", ".", 1201, ack: 1, length: 1448)
            $0.segment("A", ".", 2649, ack: 1, length: 248)
            $0.segment("B", ".", 1, ack: 2897)
            $0.segment("A", "F.", 2897, ack: 1)
        }
        #expect(seen == [])
    }

    @Test func howMuchAStreamBrings() {
        let seen = differences({
            for sequence in [1, 1449] { $0.segment("A", ".", UInt32(sequence), ack: 1, length: 1448) }
        }) {
            for sequence in [1, 1449, 2897] { $0.segment("A", ".", UInt32(sequence), ack: 1, length: 1448) }
        }
        #expect(seen == ["segment sent by A: bulk seq 1 length 2896 -> bulk seq 1 length 4344"])
    }

    /// Messages are no stream: one that is sent in two parts, or a part of a stream that is sent again, is behaviour.
    @Test func messagesAndRepetitions() {
        #expect(
            differences({ $0.segment("A", "P.", 1, ack: 1, length: 10) }) {
                $0.segment("A", "P.", 1, ack: 1, length: 4)
                $0.segment("A", "P.", 5, ack: 1, length: 6)
            }.count == 1)
        #expect(
            differences({ $0.segment("A", ".", 1, ack: 1, length: 1448) }) {
                $0.segment("A", ".", 1, ack: 1, length: 1448)
                $0.segment("A", ".", 1, ack: 1, length: 1448)
            }.count == 1)
    }

    @Test func howMuchFitsIntoAFullBuffer() {
        let arguments = "5, ..., 4096, MSG_DONTWAIT"
        #expect(differences({ $0.call("send", arguments, 1488) }) { $0.call("send", arguments, 40) } == [])
        #expect(
            differences({ $0.call("send", arguments, 1488) }) { $0.call("send", arguments, 4096) }
                == [
                    "call client of A: send(..., 4096, MSG_DONTWAIT) = a part -> "
                        + "send(..., 4096, MSG_DONTWAIT) = 4096"
                ])
    }

    @Test func howOftenABufferIsFilled() {
        let arguments = "5, ..., 4096, MSG_DONTWAIT"
        func fill(_ trial: inout SampleAttempt, _ results: Int64...) {
            for result in results { trial.call("send", arguments, result, errno: result < 0 ? "EAGAIN" : nil) }
        }
        #expect(
            differences({ fill(&$0, 4096, 4096, 1488, -1, -1) }) { fill(&$0, 4096, 40, -1, 1200, -1) } == [])
        #expect(differences({ fill(&$0, 4096, 1488, -1) }) { fill(&$0, 4096, 1488) }.count == 1)
    }

    /// Whatever numbers and lengths a record has, they are compared.
    @Test(arguments: [0, 1, UInt32(1) << 31, .max - 10, .max], [0, 1, 1448, 1 << 32, .max])
    func anyNumberAndLength(_ sequence: UInt32, _ length: Int) {
        for flags in ["F.", "FP.", ".", "P.", "S", "R"] {
            let segments = { (trial: inout SampleAttempt) in
                trial.segment("A", flags, sequence, ack: .max, length: length)
                trial.segment("A", flags, sequence &+ 1448, ack: .max, length: length)
            }
            #expect(differences(segments, segments) == [])
        }
        for result in [Int64.min, -1, .max] {
            let reads = { (trial: inout SampleAttempt) in
                for _ in 0..<2 { trial.call("recv", "5, 65536", result) }
            }
            #expect(differences(reads, reads) == [])
        }
    }

    @Test func numbersOfTheConnectionBefore() {
        #expect(
            differences({ $0.segment("A", "R", UInt32(bitPattern: -72_395)) }) {
                $0.segment("A", "R", UInt32(bitPattern: -128_388))
            } == [])
        #expect(
            differences({ $0.segment("A", "R", UInt32(bitPattern: -72_395)) }) { $0.segment("A", "R", 1) }
                == ["segment sent by A: R seq of another connection -> R seq 1"])
    }
}
