import Linux
import Testing

@testable import Packets

@Suite struct TCPOptionTests {
    private func parse(_ bytes: [UInt8]) -> [TCPOption] { TCPOption.parse(bytes.span.bytes) }

    @Test func everyKindComesBack() {
        let options: [TCPOption] = [
            .mss(536), .sack([SACKBlock(1, 5), SACKBlock(0xffff_fff0, 3)]), .other(kind: 34, bytes: [1, 2, 3]),
        ]
        #expect(parse(TCPOption.encode(options)) == options)
    }

    @Test func paddingFollowsLinux() {
        #expect(TCPOption.encode([.windowScale(7)]) == [1, 3, 3, 7])
        #expect(TCPOption.encode([.mss(1460), .sackPermitted]) == [2, 4, 5, 0xb4, 1, 1, 4, 2])
        #expect(
            TCPOption.encode([.sackPermitted, .timestamps(value: 1, echo: 2)])
                == [4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2])
        #expect(
            TCPOption.encode([.timestamps(value: 1, echo: 2)]) == [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2])
    }

    @Test func explicitPaddingIsWrittenAsItStands() {
        #expect(TCPOption.encode([.other(kind: 1, bytes: []), .other(kind: 1, bytes: [])]) == [1, 1, 1, 1])
    }

    @Test func whatDoesNotFitIsLeftOut() {
        let blocks = (0..<5).map { SACKBlock($0, $0 + 1) }
        #expect(TCPOption.encode([.sack(blocks), .windowScale(1)]) == [1, 3, 3, 1])
        #expect(TCPOption.encode([.other(kind: 253, bytes: Array(repeating: 0, count: 300))]).isEmpty)
    }

    @Test(
        arguments: [
            [2], [2, 0], [2, 1, 5], [2, 4, 5], [8, 10, 0], [5, 255], [1, 1, 1, 3], [0, 2, 4, 5, 0xb4],
        ] as [[UInt8]])
    func aBadListEndsTheReading(bytes: [UInt8]) {
        #expect(parse(bytes).isEmpty)
        #expect(parse([3, 3, 7] + bytes) == [.windowScale(7)])
    }

    @Test func aKnownKindOfAnotherLengthIsKept() {
        #expect(parse([2, 3, 9]) == [.other(kind: 2, bytes: [9])])
        #expect(parse([5, 6, 1, 2, 3, 4]) == [.other(kind: 5, bytes: [1, 2, 3, 4])])
        #expect(parse([5, 2]) == [.other(kind: 5, bytes: [])])
    }

    @Test func readsInWords() {
        #expect(TCPOption.mss(1460).description == "mss 1460")
        #expect(TCPOption.sack([SACKBlock(0, 1), SACKBlock(5, 4_000_000_000)]).description == "sack 0:1,5:4000000000")
        #expect(TCPOption.timestamps(value: 4_000_000_000, echo: 0).description == "ts 4000000000 ecr 0")
    }

    @Test func duplicatesAreRecognised() {
        // Below the acknowledgement, also across the wrap.
        #expect([SACKBlock(0, 1)].reportDuplicate(acknowledgement: 1))
        #expect([SACKBlock(0xffff_fffe, 1)].reportDuplicate(acknowledgement: 1))
        // Within the second block.
        #expect([SACKBlock(20, 25), SACKBlock(15, 30)].reportDuplicate(acknowledgement: 10))
        #expect([SACKBlock(15, 30), SACKBlock(15, 30)].reportDuplicate(acknowledgement: 10))
        // Ordinary blocks.
        #expect(![SACKBlock(20, 25)].reportDuplicate(acknowledgement: 10))
        #expect(![SACKBlock(20, 35), SACKBlock(15, 30)].reportDuplicate(acknowledgement: 10))
        #expect(![SACKBlock(40, 45), SACKBlock(15, 30)].reportDuplicate(acknowledgement: 10))
        #expect(![].reportDuplicate(acknowledgement: 10))
    }
}
