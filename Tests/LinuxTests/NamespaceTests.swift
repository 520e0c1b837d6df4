import Glibc
import Linux
import Testing

@Suite(.enabled(if: isRoot, "needs root to make namespaces")) struct NamespaceTests {
    /// The namespace of the calling thread, by its number.
    private var current: String {
        var target = [CChar](repeating: 0, count: 64)
        let length = readlink("/proc/thread-self/ns/net", &target, target.count)
        return String(decoding: target.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private struct Mistake: Error {}

    @Test func makingOneMovesNobody() throws {
        let home = current
        let namespace = try NetworkNamespace()
        #expect(current == home && home.hasPrefix("net:["))
        let inside = try namespace.inside { current }
        #expect(inside != home && inside.hasPrefix("net:["))
        #expect(current == home)
    }

    @Test func oneComesHomeFromAnError() throws {
        let home = current
        let namespace = try NetworkNamespace()
        #expect(throws: Mistake.self) { try namespace.inside { throw Mistake() } }
        #expect(current == home)
    }

    /// One in the other, and back in order.
    @Test func theyNest() throws {
        let (outer, inner) = (try NetworkNamespace(), try NetworkNamespace())
        let seen = try outer.inside {
            let here = current
            let there = try NetworkNamespace(ofCallingThread: ()).inside { current }
            return (here, there, current)
        }
        #expect(seen.0 == seen.1 && seen.0 == seen.2)
        #expect(try inner.inside { current } != seen.0)
    }

    @Test func sysctlsAreTheNamespacesOwn() throws {
        let (one, other) = (try NetworkNamespace(), try NetworkNamespace())
        let before = try other.sysctl("net.ipv4.tcp_fin_timeout")
        try one.setSysctl("net.ipv4.tcp_fin_timeout", to: "17")
        #expect(try one.sysctl("net.ipv4.tcp_fin_timeout") == "17")
        #expect(before != "17")
        #expect(try other.sysctl("net.ipv4.tcp_fin_timeout") == before)
    }

    @Test func whatTheKernelLacksIsPassedOverAndWhatItRefusesIsNot() throws {
        let namespace = try NetworkNamespace()
        try namespace.setSysctls([
            (name: "net.ipv4.no_such_thing", value: "1"), (name: "net.ipv4.tcp_fin_timeout", value: "18"),
        ])
        #expect(try namespace.sysctl("net.ipv4.tcp_fin_timeout") == "18")
        let error = #expect(throws: SystemError.self) {
            try namespace.setSysctls([(name: "net.ipv4.tcp_fin_timeout", value: "many")])
        }
        #expect(error?.errno == .EINVAL)
        #expect(throws: SystemError.self) { try namespace.sysctl("net.ipv4.no_such_thing") }
        #expect(try NetworkNamespace.currentSysctl("net.ipv4.no_such_thing") == nil)
    }
}
