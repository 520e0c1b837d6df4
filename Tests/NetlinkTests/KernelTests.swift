import CLinux
import Glibc
import Linux
import Testing

@testable import Netlink
import SockDiag

/// The module against the kernel it runs on: two namespaces, a veth pair, real connections.
@Suite("On this kernel", .enabled(if: getuid() == 0, "needs root"))
struct KernelTests {
    @Test func linksAreMadeAndUp() throws {
        let pair = try Pair()
        let link = try #require(try pair.left.route.link(2))
        #expect(link.name == "v")
        #expect(link.mac == pair.left.end.mac)
        #expect(link.mtu == 1400)
        #expect(link.isUp && link.hasCarrier && link.isOperational)
        let peer = try #require(try pair.right.route.link(named: "v"))
        #expect(peer.index == 2)
        #expect(peer.mac == pair.right.end.mac)
        #expect(try pair.left.route.link(named: "nosuch") == nil)
        #expect(try pair.left.route.link(99) == nil)

        try pair.left.route.perform([
            .route(to: IPAddress(10, 9, 0, 0), prefixLength: 16, via: 2),
            .route(to: IPAddress("fd09::")!, prefixLength: 64, via: 2),
        ])
        try pair.left.route.perform([.deleteLink(2)])
        #expect(try pair.left.route.link(2) == nil)
        #expect(try pair.right.route.link(2) == nil, "the peer goes too")
    }

    @Test("The error of a batch names the request and carries the kernel's words; the others are carried out")
    func refusedRequest() throws {
        let pair = try Pair()
        let error = try #require(throws: SystemError.self) {
            try pair.left.route.perform([
                .address(IPAddress(10, 1, 0, 1), prefixLength: 24, on: 2),
                .address(IPAddress(10, 2, 0, 1), prefixLength: 77, on: 2),
                .address(IPAddress(10, 3, 0, 1), prefixLength: 24, on: 2),
            ])
        }
        #expect(error.call == "add 10.2.0.1/77 to interface 2")
        #expect(error.errno == .EINVAL)
        #expect(error.detail == "ipv4: Invalid prefix length")

        let again = #expect(throws: SystemError.self) {
            try pair.left.route.perform([.address(IPAddress(10, 3, 0, 1), prefixLength: 24, on: 2)])
        }
        #expect(again?.errno == .EEXIST, "the third request was carried out")
    }

    @Test("netem is there and says so when read back, or its absence reads well")
    func netem() throws {
        let pair = try Pair()
        #expect(try pair.left.route.rootQdisc(of: 2)?.kind == "noqueue")
        let netem = Netem(delay: .milliseconds(50), jitter: .milliseconds(5), lossProbability: 0.1, limit: 2000)
        do {
            try pair.left.route.perform([.netem(netem, on: 2)])
            #expect(try pair.left.route.rootQdisc(of: 2)?.netem?.fulfils(netem) == true)
        } catch let error as SystemError {
            #expect(error.errno == .ENOENT)
            #expect(
                error.description.hasPrefix(
                    "set netem on interface 2: ENOENT (No such file or directory); the kernel says: "))
        }
    }

    @Test(arguments: [false, true])
    func connectionIsListedLookedUpAndDestroyed(v6: Bool) throws {
        let pair = try Pair()
        let connection = try Connection(pair, v6: v6)
        let family = v6 ? AF_INET6 : AF_INET

        let rows = try pair.right.diagnostics.dump(family: family)
        let listener = try #require(rows.first { $0.state == .LISTEN })
        let server = try #require(rows.first { $0.state == .ESTABLISHED })
        #expect(rows.count == 2)
        #expect(listener.receiveQueue == 1)
        #expect(server.isUnaccepted)
        #expect(server.local == SocketAddress(pair.right.address(v6: v6), 7000))
        #expect(server.remote.ip == pair.left.address(v6: v6))
        #expect(server.info?.state == .ESTABLISHED)
        #expect(server.info?.segs_in != nil)
        #expect(try pair.right.diagnostics.dumpAll().count == 2)
        #expect(try pair.right.diagnostics.dump(family: family, states: TCPState.LISTEN.mask) == [listener])
        #expect(try pair.right.diagnostics.dump(family: family, withInfo: false).allSatisfy { $0.info == nil })

        #expect(try pair.right.diagnostics.lookup(like: server)?.cookie == server.cookie)
        #expect(try pair.right.diagnostics.lookup(like: listener)?.state == .LISTEN)

        let accepted = try connection.accept()
        #expect(try pair.right.diagnostics.lookup(like: server)?.isUnaccepted == false)
        #expect(try pair.right.diagnostics.lookup(like: server)?.inode != 0)

        try pair.right.diagnostics.destroy(server)
        #expect(try pair.right.diagnostics.lookup(like: server) == nil)
        let error = #expect(throws: SystemError.self) { try pair.right.diagnostics.destroy(server) }
        #expect(error?.errno == .ENOENT)
        close(accepted)
    }

    @Test("Closing shows an orphan or minisock with the cookie of the socket it was")
    func minisock() throws {
        let pair = try Pair()
        let connection = try Connection(pair, v6: false)
        let client = try #require(try pair.left.diagnostics.dump().first)
        let accepted = try connection.accept()
        connection.closeClient()
        close(accepted)
        var row = try pair.left.diagnostics.lookup(like: client)
        for _ in 0..<500 where row?.state != .TIME_WAIT {
            usleep(1000)
            row = try pair.left.diagnostics.lookup(like: client)
        }
        #expect(row?.state == .TIME_WAIT)
        #expect(row?.isMinisock == true)
        #expect(row?.cookie == client.cookie)
    }

    @Test("A request sock, kept by TCP_DEFER_ACCEPT, is told from the socket it becomes")
    func requestSock() throws {
        let pair = try Pair()
        let connection = try Connection(pair, v6: false, deferAccept: true)
        let request = try #require(try pair.right.diagnostics.dump().first { $0.state == .SYN_RECV })
        #expect(request.isRequest)
        #expect(request.info == nil)
        #expect(try pair.right.diagnostics.lookup(like: request)?.isRequest == true)
        connection.send("x")
        let child = try pair.right.diagnostics.lookup(like: request)
        #expect(child?.state == .ESTABLISHED)
        #expect(child?.isUnaccepted == true)
        #expect(child?.cookie == request.cookie)
    }

    @Test("A dump of hundreds of sockets comes whole, over several datagrams")
    func largeDump() throws {
        let pair = try Pair()
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        try pair.left.namespace.inside {
            for port in 20000..<20300 { sockets.append(try listen(.init(.anyV4, UInt16(port)))) }
        }
        let rows = try pair.left.diagnostics.dump()
        #expect(Set(rows.map(\.local.port)) == Set(20000..<20300))
        #expect(Set(rows.map(\.cookie)).count == 300)
        #expect(try pair.left.diagnostics.dump(states: SocketDiagnostics.connectionStates).count == 300)
    }
}
