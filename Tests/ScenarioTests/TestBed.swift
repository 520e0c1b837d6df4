import CLinux
import Dispatch
import Glibc
import Lab
import Linux
import Record
import Tracing

/// What `tcpwitness-lab` arranges for itself before it runs anything, made once for the whole test process.
///
/// The trace instance lives on a thread with mounts of its own, because tracefs may have to be mounted first and the
/// process shares its mounts with every other test. That thread also takes the instance away when the process exits.
final class TestBed: @unchecked Sendable {
    static let shared = Swift.Result { try TestBed() }

    let trace: TraceHub
    /// A witness that cannot tell whose an IPv6 event is, and so loses some.
    let deafTrace: TraceHub
    /// Where the laboratories' namespaces are made; it gives each a small socket hash of its own.
    private let parent: NetworkNamespace
    private let stamps: KernelStamps
    private let end = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    private let addresses: Addressing.Block

    private init() throws {
        let addresses = Addressing.Block(seed: UInt64(getpid()) << 40 ^ UInt64(Instant.now.nanoseconds))
        self.addresses = addresses
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        parent = try NetworkNamespace()
        stamps = try parent.inside { try KernelStamps() }
        // Not there before 6.1; dumps are only slower then.
        try? parent.setSysctl("net.ipv4.tcp_child_ehash_entries", to: "1024")

        let hubs = Handover<[TraceHub]>()
        try startThread { [end, ended] in
            hubs.hand {
                try isolateMounts()
                TraceInstance.sweep()
                return [
                    try TraceHub(owner: getpid(), laboratory: addresses.laboratory(of:)),
                    try TraceHub(owner: getpid()) { $0.isV6 ? nil : addresses.laboratory(of: $0) },
                ]
            }
            end.wait()
            for hub in (try? hubs.result?.get()) ?? [] { hub.close() }
            ended.signal()
        }
        let made = try hubs.take()
        (trace, deafTrace) = (made[0], made[1])
        atexit {
            guard case .success(let testBed) = TestBed.shared else { return }
            testBed.end.signal()
            testBed.ended.wait()
        }
    }

    /// Runs `body` on a thread of its own whose new network namespaces belong to us.
    func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try startThread { [parent] in
                    continuation.resume(with: Swift.Result { try parent.inside(body) })
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    func configuration(timeout: Duration) -> LabConfiguration {
        LabConfiguration(
            lane: .scaled, link: .auto, timeout: timeout, worker: Self.worker, addresses: addresses, trace: trace)
    }

    /// Beside the test's own executable, where the build puts every product.
    static let worker: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &path, path.count)
        let own = String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return (own.lastIndex(of: "/").map { String(own[...$0]) } ?? "./") + "tcpwitness-worker"
    }()
}

/// Gives the calling thread mounts of its own, which the rest of the process does not see.
func isolateMounts() throws {
    try check(clx_unshare_mount(), "unshare(CLONE_NEWNS)")
    try check(clx_mount("none", "/", nil, clx_mount_private_recursive), "make mounts private")
}

/// Something one thread makes and another waits for.
private final class Handover<Value: Sendable>: @unchecked Sendable {
    /// Written before `ready` is signalled and read after.
    private(set) var result: Swift.Result<Value, any Error>?
    private let ready = DispatchSemaphore(value: 0)

    func hand(_ make: () throws -> Value) {
        result = Swift.Result(catching: make)
        ready.signal()
    }

    func take() throws -> Value {
        ready.wait()
        return try result!.get()
    }
}
