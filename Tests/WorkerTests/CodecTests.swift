import Linux
import Testing

@testable import Worker

@Suite("Messages between lab and worker")
struct CodecTests {
    @Test("Every request comes back as it was sent", arguments: Samples.requests.map(\.request))
    func requestRoundTrip(_ request: Request) throws {
        #expect(try Request(decoding: request.encoded) == request)
    }

    @Test("The samples cover every request that the decoder knows")
    func everyRequestIsSampled() {
        let codes = Set(Samples.requests.map(\.request).map { $0.encoded[0] })
        let known = (0...UInt8.max).filter { code in
            Self.fields.contains { (try? Request(decoding: [code] + $0)) != nil }
        }
        #expect(codes == Set(known))
    }

    /// Fields of every shape that some request has: those of all samples, and zeros, which are enough for any numbers.
    private static let fields =
        Samples.requests.map { Array($0.request.encoded.dropFirst()) } + [[UInt8](repeating: 0, count: 64)]

    @Test("A request cut short anywhere is refused", arguments: Samples.requests.map(\.request))
    func truncatedRequest(_ request: Request) {
        let message = request.encoded
        for length in 0..<message.count {
            #expect(throws: MalformedMessage.self) { try Request(decoding: Array(message.prefix(length))) }
        }
    }

    @Test("So are lengths and counts that no message can have")
    func impossibleLengths() {
        for count in [-1, Int64.min, Int64.max] {
            var writer = MessageWriter()
            writer.bytes = [11]  // write
            writer.put(Int32(3))
            writer.put(count)
            #expect(throws: MalformedMessage.self) { try Request(decoding: writer.bytes) }
        }
        for code: UInt8 in [10, 12] {  // recv, read
            var writer = MessageWriter()
            writer.bytes = [code]
            writer.put(Int32(3))
            writer.put(Int64(-1))
            writer.put(Int32(0))
            #expect(throws: MalformedMessage.self, "a buffer of less than nothing") {
                try Request(decoding: writer.bytes)
            }
        }
    }

    @Test("A code that no request has is refused, whatever follows it")
    func unknownCodes() {
        let codes = Set(Samples.requests.map { $0.request.encoded[0] })
        let unknown = (0...UInt8.max).filter { !codes.contains($0) }
        #expect(unknown.contains(0) && unknown.contains(.max))
        for code in unknown {
            for fields in Self.fields {
                #expect(throws: MalformedMessage.self) { try Request(decoding: [code] + fields) }
            }
        }
    }

    @Test("An address of an unknown family is refused")
    func wrongAddress() {
        var writer = MessageWriter()
        writer.bytes = [4]  // bind
        writer.put(Int32(3))
        writer.put([1, 2, 3, 4, 5])
        writer.put(Int64(80))
        #expect(throws: MalformedMessage.self) { try Request(decoding: writer.bytes) }
    }

    @Test("Every reply comes back as it was sent", arguments: Samples.replies)
    func replyRoundTrip(_ reply: Reply) throws {
        #expect(try Reply(decoding: reply.encoded) == reply)
    }

    @Test("A reply cut short anywhere is refused", arguments: Samples.replies)
    func truncatedReply(_ reply: Reply) {
        let message = reply.encoded
        for length in 0..<message.count {
            #expect(throws: MalformedMessage.self) { try Reply(decoding: Array(message.prefix(length))) }
        }
    }

    @Test("What a reply carries is read only where it is there, whatever the bytes")
    func outputs() {
        for length in 0...40 {
            for byte in [0, 0x80, 0xff] as [UInt8] {
                let output = [UInt8](repeating: byte, count: length)
                let reply = Reply(result: 0, errno: 0, entered: 0, left: 0, signals: [], output: output)
                #expect((reply.identity != nil) == (length >= 16))
                #expect((reply.integer != nil) == (length >= 4))
                #expect(reply.address == nil)
            }
        }
    }

    @Test func optionsKeepTheirNames() throws {
        for option in SocketOption.all {
            #expect(try Request(decoding: Request.setOption(3, option, []).encoded) == .setOption(3, option, []))
        }
        let unknown = SocketOption(level: 41, name: 26, symbol: "IPV6_V6ONLY")
        guard case .setOption(_, let read, _) = try Request(decoding: Request.setOption(3, unknown, []).encoded) else {
            Issue.record("another request came back")
            return
        }
        #expect(read.symbol == "option 41:26")
    }
}
