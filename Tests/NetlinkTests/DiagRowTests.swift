import Glibc
import Linux
import Testing

@testable import Netlink
import SockDiag

@Suite("inet_diag rows")
struct DiagRowTests {
    @Test func established() throws {
        let row = try DiagRow(bytes: DiagFixture.established)
        #expect(row.family == AF_INET)
        #expect(row.state == .ESTABLISHED)
        #expect(row.timer == .off)
        #expect(row.local == SocketAddress(IPAddress(127, 0, 0, 1), 7001))
        #expect(row.remote == SocketAddress(IPAddress(127, 0, 0, 1), 40001))
        #expect(row.cookie == 0x21)
        #expect(row.receiveQueue == 5)
        #expect(row.sendQueue == 0)
        #expect(row.inode == 0x89f6)
        #expect(row.shutdown == 0)
        #expect(row.mark == 0)
        #expect(!row.isMinisock && !row.isRequest && !row.isOrphan && !row.isUnaccepted)
    }

    @Test func tcpInfo() throws {
        let info = try #require(try DiagRow(bytes: DiagFixture.established).info)
        #expect(info.bytes.count == 280)
        #expect(info.state == .ESTABLISHED)
        #expect(info.options == 7)
        #expect(info.snd_wscale == 10)
        #expect(info.rcv_wscale == 10)
        #expect(info.rto == 204_000)
        #expect(info.ato == 40_000)
        #expect(info.snd_mss == 32768)
        #expect(info.snd_ssthresh == 0x7fff_ffff)
        #expect(info.snd_cwnd == 10)
        #expect(info.bytes_received == 5)
        #expect(info.segs_out == 1)
        #expect(info.segs_in == 3)
        #expect(info.snd_wnd == 65536)
        #expect(info.rcv_wnd == 65536)
    }

    @Test("A field is nil where an older kernel's tcp_info ends before it")
    func shortTCPInfo() throws {
        let bytes = try #require(try DiagRow(bytes: DiagFixture.established).info).bytes
        let linux510 = TCPInfo(bytes: Array(bytes.prefix(232)))
        #expect(linux510.snd_wnd == 65536)
        #expect(linux510.rcv_wnd == nil)
        #expect(linux510.total_rto == nil)
        let cut = TCPInfo(bytes: Array(bytes.prefix(139)))
        #expect(cut.bytes_received == 5)
        #expect(cut.segs_out == nil)
        #expect(TCPInfo(bytes: []).state == nil)
    }

    @Test func listener() throws {
        let row = try DiagRow(bytes: DiagFixture.listener)
        #expect(row.state == .LISTEN)
        #expect(row.local.port == 7001)
        #expect(row.remote == SocketAddress(.anyV4, 0))
        #expect(row.receiveQueue == 0)
        #expect(row.sendQueue == 5)
        #expect(row.info?.sacked == 5)
    }

    @Test func timeWaitMinisock() throws {
        let row = try DiagRow(bytes: DiagFixture.timeWait)
        #expect(row.state == .TIME_WAIT)
        #expect(row.timer == .timewait)
        #expect(row.expires == 59980)
        #expect(row.shutdown == nil)
        #expect(row.info == nil)
        #expect(row.isMinisock && !row.isOrphan && !row.isRequest)
    }

    @Test func finWait2Minisock() throws {
        let row = try DiagRow(bytes: DiagFixture.finWait2Minisock)
        #expect(row.state == .FIN_WAIT2)
        #expect(row.isMinisock && !row.isOrphan)
    }

    @Test func requestSock() throws {
        let row = try DiagRow(bytes: DiagFixture.request)
        #expect(row.state == .SYN_RECV)
        #expect(row.timer == .retransmit)
        #expect(row.isRequest && !row.isMinisock && !row.isOrphan && !row.isUnaccepted)
    }

    @Test("A full socket in SYN_RECV is no request sock, be it accepted or not")
    func fullSocketInSynRecv() throws {
        var bytes = DiagFixture.unaccepted
        bytes[1] = TCPState.SYN_RECV.rawValue
        bytes[2] = DiagTimer.retransmit.rawValue
        let row = try DiagRow(bytes: bytes)
        #expect(row.isUnaccepted && !row.isRequest)
    }

    @Test func ipv6() throws {
        let row = try DiagRow(bytes: DiagFixture.establishedV6)
        #expect(row.family == AF_INET6)
        #expect(row.local.description == "[::1]:40003")
        #expect(row.remote.description == "[::1]:7002")
        #expect(row.info == nil)
    }

    @Test func orphan() throws {
        let row = try DiagRow(bytes: DiagFixture.orphan)
        #expect(row.state == .FIN_WAIT1)
        #expect(row.timer == .persist)
        #expect(row.shutdown == 3)
        #expect(row.isOrphan && !row.isUnaccepted && !row.isMinisock)
    }

    @Test func unaccepted() throws {
        let row = try DiagRow(bytes: DiagFixture.unaccepted)
        #expect(row.state == .ESTABLISHED)
        #expect(row.inode == 0)
        #expect(row.isUnaccepted && !row.isOrphan && !row.isRequest)
    }

    @Test("No prefix of a row traps; one without the whole struct is refused")
    func everyPrefix() {
        for length in 0..<DiagFixture.established.count {
            let prefix = Array(DiagFixture.established.prefix(length))
            let row = try? DiagRow(bytes: prefix)
            #expect((row != nil) == (length >= 72), "\(length) bytes")
        }
        #expect(throws: MalformedMessage("an inet_diag row of 71 bytes")) {
            try DiagRow(bytes: Array(DiagFixture.established.prefix(71)))
        }
    }

    @Test("No value of any byte traps")
    func everyByteDamaged() {
        for position in DiagFixture.established.indices {
            for value in [UInt8(0), 1, 3, 0x7f, 0x80, 0xff] {
                var bytes = DiagFixture.established
                bytes[position] = value
                _ = try? DiagRow(bytes: bytes)
            }
        }
    }

    @Test func unknownState() {
        var bytes = DiagFixture.request
        bytes[1] = 14
        #expect(throws: MalformedMessage("an inet_diag row with family 2, state 14, timer 1")) {
            try DiagRow(bytes: bytes)
        }
    }

    @Test("States have the kernel's numbers and names")
    func states() {
        #expect(
            TCPState.allCases.map { "\($0.rawValue) \($0)" } == [
                "1 ESTABLISHED", "2 SYN_SENT", "3 SYN_RECV", "4 FIN_WAIT1", "5 FIN_WAIT2", "6 TIME_WAIT", "7 CLOSE",
                "8 CLOSE_WAIT", "9 LAST_ACK", "10 LISTEN", "11 CLOSING", "12 NEW_SYN_RECV", "13 BOUND_INACTIVE",
            ])
        #expect(TCPState.LISTEN.mask == 0x400)
    }
}
