import Linux
import Packets
import Testing

@Suite struct ICMPTests {
    @Test func readsWhatTheKernelSays() throws {
        let message = try #require(ICMPMessage(ethernet: Fixtures.unreachable.bytes))
        #expect(message.source == IPAddress(10, 0, 0, 2))
        #expect(message.destination == IPAddress(10, 0, 0, 1))
        let quote = try #require(message.quote)
        #expect(quote.source == Fixtures.unroutable.segment.source)
        #expect(quote.destination == Fixtures.unroutable.segment.destination)
        #expect(quote.sequence == Fixtures.unroutable.segment.sequence)
        #expect(
            message.description
                == "ICMP 3/1 host unreachable from 10.0.0.2, about 10.0.0.1:46744 > 10.9.0.1:80 seq 2509878143")

        let v6 = try #require(ICMPMessage(ethernet: Fixtures.v6Unreachable.bytes))
        #expect(
            v6.description
                == "ICMPv6 1/0 network unreachable from fd00::2, "
                + "about [fd00::1]:54636 > [fd09::1]:80 seq 2361430275")
    }

    @Test func writesWhatTheKernelWrites() {
        let v4 = ICMPMessage.unreachable(.host, about: Fixtures.unroutable.bytes, from: IPAddress(10, 0, 0, 2))
        // The kernel's IPv4 header differs in precedence and identification; the message is the same.
        #expect(v4?[34...] == Fixtures.unreachable.bytes[34...])
        let v6 = ICMPMessage.unreachable(.network, about: Fixtures.v6Unroutable.bytes, from: IPAddress("fd00::2"))
        #expect(v6 == Fixtures.v6Unreachable.bytes)
    }

    @Test(arguments: [
        (Unreachable.network, "3/0", "1/0"), (.host, "3/1", "1/3"), (.transportProtocol, "3/2", "4/1"),
        (.port, "3/3", "1/4"), (.tooBig(mtu: 1300), "3/4", "2/0"), (.prohibited, "3/13", "1/1"),
        (.code(9), "3/9", "1/9"),
    ])
    func everyReasonHasItsCode(reason: Unreachable, v4: String, v6: String) throws {
        for (frame, expected) in [(Fixtures.data, v4), (Fixtures.v6Data, v6)] {
            let error = try #require(ICMPMessage.unreachable(reason, about: frame.bytes))
            #expect(checksumIsValid(frame: error))
            let message = try #require(ICMPMessage(ethernet: error))
            #expect("\(message.type)/\(message.code)" == expected)
            #expect(message.source == frame.segment.destination.ip)
            #expect(message.destination == frame.segment.source.ip)
            #expect(message.quote?.sequence == frame.segment.sequence)
        }
    }

    @Test func quotesAsMuchAsAskedAndAllowed() throws {
        let short = try #require(ICMPMessage.unreachable(.port, about: Fixtures.data.bytes, quotedBytes: 0))
        #expect(short.count == 14 + 20 + 8 + 20 + 8)
        #expect(ICMPMessage(ethernet: short)?.quote?.sequence == Fixtures.data.segment.sequence)

        for (fixture, limit) in [(Fixtures.data, 576), (Fixtures.v6Data, 1280)] {
            var segment = fixture.segment
            segment.payload = Array(repeating: 7, count: 3000)
            let mac = MACAddress(bytes: [2, 0, 0, 0, 0, 1])
            let error = ICMPMessage.unreachable(.port, about: segment.ethernetFrame(from: mac, to: mac))
            #expect(error?.count == 14 + limit)
        }
    }

    @Test func theMTUIsWritten() throws {
        let v4 = try #require(ICMPMessage.unreachable(.tooBig(mtu: 1300), about: Fixtures.data.bytes))
        #expect(v4[38..<42] == [0, 0, 5, 20])
        let v6 = try #require(ICMPMessage.unreachable(.tooBig(mtu: 1300), about: Fixtures.v6Data.bytes))
        #expect(v6[58..<62] == [0, 0, 5, 20])
    }

    @Test func refusesWhatItCannotBeAbout() {
        #expect(ICMPMessage.unreachable(.port, about: []) == nil)
        #expect(ICMPMessage.unreachable(.port, about: Fixtures.data.bytes, from: .anyV6) == nil)
        #expect(ICMPMessage(ethernet: Fixtures.data.bytes) == nil)
    }
}
