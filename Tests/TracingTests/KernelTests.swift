import CLinux
import Glibc
import Linux
import Netlink
import SockDiag
import Testing

@testable import Tracing

/// The witness against the kernel it runs on, on a thread with mounts of its own, since tracefs may have to be mounted.
@Suite("Tracing on this kernel", .enabled(if: geteuid() == 0, "needs root: tracefs is root's"))
struct KernelTests {
    @Test func transitionsReachTheLaboratoryOfTheirAddressOrProcess() async throws {
        try await onOwnMounts {
            let home = IPAddress(127, 0, 0, 1)
            let hub = try TraceHub(owner: getpid()) { $0 == home ? 1 : nil }
            defer { hub.close() }
            let byAddress = try hub.register(laboratory: 1)
            let byProcess = try hub.register(laboratory: 2)
            let namespace = try NetworkNamespace()
            try namespace.inside { try RouteSocket().perform([.linkUp(1)]) }

            func listen(_ address: SocketAddress) throws {
                try namespace.inside {
                    let socket = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
                    var name = sockaddr_in()
                    name.sin_family = sa_family_t(AF_INET)
                    name.sin_port = address.port.bigEndian
                    name.sin_addr.s_addr = address.ip.bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
                    let bound = withUnsafeBytes(of: &name) {
                        bind(
                            socket.raw, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                            socklen_t(MemoryLayout<sockaddr_in>.size))
                    }
                    #expect(bound == 0 && Glibc.listen(socket.raw, 1) == 0)
                }
            }
            func take(_ inbox: TraceHub.Inbox, port: UInt16) -> [TraceEvent] {
                hub.synchronize()
                return hub.take(inbox).filter { $0.local.port == port }
            }

            let before = Instant.now
            try listen(SocketAddress(home, 5000))
            let after = Instant.now
            let addressed = take(byAddress, port: 5000)
            #expect(
                addressed.map(\.kind) == [
                    .transition(old: .CLOSE, new: .LISTEN), .transition(old: .LISTEN, new: .CLOSE),
                ])
            let first = try #require(addressed.first)
            #expect(before < first.time && first.time < after)

            // The number the tracepoint knows this thread by may be that of another pid namespace: it has told us.
            try listen(SocketAddress(.anyV4, 5001))
            #expect(take(byProcess, port: 5001).isEmpty)
            hub.register(process: first.pid, laboratory: 2)
            try listen(SocketAddress(.anyV4, 5002))
            #expect(take(byProcess, port: 5002).map(\.pid) == [first.pid, first.pid])
            #expect(!hub.hasLost(byAddress))
        }
    }

    @Test func aClosedHubLeavesNoInstance() async throws {
        try await onOwnMounts {
            let owner = try ChildProcess("/bin/sleep", ["60"])
            let hub = try TraceHub(owner: owner.pid) { _ in nil }
            #expect(try instances(of: owner.pid).count == 1)
            hub.close()
            #expect(try instances(of: owner.pid).isEmpty)
            try owner.signal(SIGKILL)
            _ = try owner.wait()
        }
    }

    @Test("What a process that ended has left is swept away, what a living one has is not")
    func sweep() async throws {
        try await onOwnMounts {
            let owner = try ChildProcess("/bin/sleep", ["60"])
            let instance = try TraceInstance(owner: owner.pid)
            defer { instance.remove() }
            TraceInstance.sweep()
            #expect(try instances(of: owner.pid).count == 1)
            try owner.signal(SIGKILL)
            _ = try owner.wait()
            TraceInstance.sweep()
            #expect(try instances(of: owner.pid).isEmpty)
        }
    }

    private func instances(of owner: Int32) throws -> [String] {
        let directory = try #require(opendir("/sys/kernel/tracing/instances"))
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            names.append(
                withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
        }
        return names.filter { $0.hasPrefix("tcpwitness-\(owner)-") }
    }

    private func onOwnMounts(_ body: @escaping @Sendable () throws -> Void) async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            do {
                try startThread {
                    continuation.resume(
                        with: Swift.Result {
                            try check(clx_unshare_mount(), "unshare(CLONE_NEWNS)")
                            try check(
                                clx_mount("none", "/", nil, clx_mount_private_recursive), "make mounts private")
                            try body()
                        })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
