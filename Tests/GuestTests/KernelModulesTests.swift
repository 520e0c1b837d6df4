import Testing

@testable import Guest

/// Which modules are loaded, in which order.
@Suite struct KernelModulesTests {
    private static func module(needing names: String) -> [UInt8] { Array("ELF\0depends=\(names)\0name=x\0".utf8) }

    private let modules = KernelModules(
        paths: [
            "/m/kernel/net/ipv4/tcp_diag.ko", "/m/kernel/net/ipv4/inet_diag.ko", "/m/kernel/net/sched/sch_netem.ko",
            "/m/kernel/lib/one-two.ko", "/m/modules.order", "/m/kernel/net/tcp_diag.ko.orig",
        ],
        read: { path in
            module(needing: ["/m/kernel/net/ipv4/tcp_diag.ko": "inet_diag,one_two"][path] ?? "")
        })

    @Test func dependenciesComeFirst() throws {
        let order = try modules.closure(of: ["tcp_diag", "sch_netem", "inet_diag"]).map(\.name)
        #expect(order == ["inet_diag", "one_two", "tcp_diag", "sch_netem"])
    }

    @Test func whatIsNotThereMayBeBuiltIn() throws {
        #expect(try modules.closure(of: ["veth", "sch-netem"]).map(\.name) == ["sch_netem"])
    }

    @Test func needs() {
        #expect(KernelModules.needs(of: Self.module(needing: "a,b-c")) == ["a", "b_c"])
        #expect(KernelModules.needs(of: Self.module(needing: "")) == [])
        #expect(KernelModules.needs(of: [1, 2, 3]) == [])
    }

    @Test func unpacks() throws {
        let contents = Self.module(needing: "")
        for (suffix, command) in [(".xz", "xz"), (".zst", "zstd"), (".gz", "gzip")] {
            let packed = try Tool.output(of: [command, "-c"], input: contents).output
            let modules = KernelModules(paths: ["/m/veth.ko\(suffix)"], read: { _ in packed })
            #expect(
                try modules.closure(of: ["veth"])
                    == [KernelModules.Module(name: "veth", contents: contents, path: "/m/veth.ko\(suffix)")])
        }
    }

    @Test func librariesOfAnExecutable() {
        let text = """
            \tlinux-vdso.so.1 (0x00007ffd)
            \tlibmnl.so.0 => /lib/x86_64-linux-gnu/libmnl.so.0 (0x00007f1)
            \tlibgone.so => not found
            \t/lib64/ld-linux-x86-64.so.2 (0x00007f2)
            """
        #expect(
            GuestImage.libraries(inLdd: text)
                == ["/lib/x86_64-linux-gnu/libmnl.so.0", "/lib64/ld-linux-x86-64.so.2"])
    }
}
