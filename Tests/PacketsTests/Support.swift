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
