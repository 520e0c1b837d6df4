import Glibc
import Linux
import SockDiag
import Testing

@testable import Tracing

@Suite("Layouts of tracepoints")
struct FormatTests {
    @Test func aFormatNamesItsFields() throws {
        let format = try #require(TracepointFormat(parsing: FormatFixture.setState))
        #expect(format.id == 2287)
        #expect(format.fields["common_pid"] == .init(offset: 4, size: 4))
        #expect(format.fields["skaddr"] == .init(offset: 8, size: 8))
        #expect(format.fields["newstate"] == .init(offset: 20, size: 4))
        #expect(format.fields["saddr"] == .init(offset: 32, size: 4))
        #expect(format.fields["daddr_v6"] == .init(offset: 56, size: 16))
        #expect(format.reasons.isEmpty)
    }

    @Test func aFormatNamesTheReasonsOfResets() throws {
        let format = try #require(TracepointFormat(parsing: FormatFixture.sendReset))
        #expect(format.fields["reason"] == .init(offset: 28, size: 4))
        #expect(format.reasons.count == 26)
        #expect(format.reasons[1] == "NO_SOCKET")
        #expect(format.reasons[9] == "TCP_TIMEWAIT_SOCKET")
        #expect(format.reasons[15] == "TCP_KEEPALIVE_TIMEOUT")
    }

    @Test("What has no id or no fields is no format")
    func malformed() {
        #expect(TracepointFormat(parsing: "") == nil)
        #expect(TracepointFormat(parsing: "name: x\nID: 12\nformat:\n") == nil)
        #expect(TracepointFormat(parsing: "\tfield:int a;\toffset:0;\tsize:4;\n") == nil)
        #expect(TracepointFormat(parsing: "ID: twelve\n\tfield:int a;\toffset:0;\tsize:4;\n") == nil)
    }

    @Test("No part of a format and no part of a record makes reading trap", arguments: FormatFixture.all)
    func truncated(_ text: String) {
        let record = [UInt8](repeating: 0xff, count: 88)
        for length in 0...text.count {
            guard let format = TracepointFormat(parsing: String(text.prefix(length))) else { continue }
            guard length % 50 == 0 || length == text.count else { continue }
            for count in stride(from: 0, through: record.count, by: length == text.count ? 1 : 8) {
                record[..<count].withUnsafeBytes {
                    _ = TraceEvent($0, of: .sendReset, format: format, time: .now, pid: 1)
                }
            }
        }
    }

    @Test func thePageHeaderTellsWhereTheEventsBegin() {
        #expect(TracepointFormat.field("data", in: PageFixture.header) == .init(offset: 16, size: 4080))
        #expect(TracepointFormat.field("nothing", in: PageFixture.header) == nil)
    }
}

/// A reset as Linux 5.10 records it: the family is not among the fields, and the plain address of an IPv6 socket is
/// whatever was there.
@Suite("A reset traced by Linux 5.10")
struct OldResetTests {
    private func record(local: [UInt8], remote: [UInt8], plain: [UInt8]) throws -> TraceEvent? {
        let format = try #require(TracepointFormat(parsing: FormatFixture.sendReset510))
        var bytes = [UInt8](repeating: 0, count: 72)
        bytes[16..<24] = [1, 2, 3, 4, 5, 6, 7, 8]
        bytes[24] = TCPState.ESTABLISHED.rawValue
        bytes[28..<32] = [0x88, 0x13, 0x89, 0x13]
        bytes[32..<36] = plain[...]
        bytes[36..<40] = plain[...]
        bytes[40..<56] = local[...]
        bytes[56..<72] = remote[...]
        return bytes.withUnsafeBytes { TraceEvent($0, of: .sendReset, format: format, time: .now, pid: 1) }
    }

    @Test func overIPv6() throws {
        let (local, remote) = (IPAddress("fd74:6370::1")!, IPAddress("fd74:6370::2")!)
        let event = try #require(try record(local: local.bytes, remote: remote.bytes, plain: [198, 18, 0, 1]))
        #expect(event.local == SocketAddress(local, 5000))
        #expect(event.remote == SocketAddress(remote, 5001))
        #expect(event.kind == .packet(.sendReset, state: .ESTABLISHED, reason: nil))
        #expect(event.socket == 0x0807_0605_0403_0201)
    }

    @Test func overIPv4() throws {
        let mapped: [UInt8] = Array(repeating: 0, count: 10) + [0xff, 0xff, 198, 18, 0, 1]
        let event = try #require(try record(local: mapped, remote: mapped, plain: [198, 18, 0, 1]))
        #expect(event.local == SocketAddress(IPAddress(198, 18, 0, 1), 5000))
    }
}
