import Linux
import Packets

/// The bytes of a frame, written as annotated hexadecimal: what follows a semicolon is a comment.
struct Frame: CustomStringConvertible {
    let bytes: [UInt8]

    init(_ text: String) {
        let digits = text.split(separator: "\n").flatMap { line in
            line.prefix { $0 != ";" }.compactMap(\.hexDigitValue)
        }
        bytes = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    var description: String { bytes.map { String($0 >> 4, radix: 16) + String($0 & 0xf, radix: 16) }.joined() }
}

extension Frame {
    /// Reads it as a TCP segment; every fixture that is asked is one.
    var segment: TCPSegment { TCPSegment(ethernet: bytes)! }
    var isV6: Bool { bytes[12] == 0x86 }
}

/// SplitMix64: random bytes that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}

/// A view with what matters to the test and harmless values elsewhere.
func view(
    fromA: Bool = true, _ flags: TCPFlags, seq: UInt32 = 1, ack: UInt32? = 1, len: Int = 0, win: UInt16 = 500,
    sack: [SACKBlock] = []
) -> SegmentView {
    SegmentView(
        fromA: fromA, flags: flags, sequence: seq, acknowledgement: ack, length: len, window: win, sackBlocks: sack,
        time: Instant(nanoseconds: 0))
}
