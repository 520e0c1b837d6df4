import Foundation
import Glibc
import Record
import Testing

/// Real kernels that lack something or fail, in a real QEMU: no result may pass, and none may take for ever.
@Suite(.enabled(if: StockKernel.cached != nil && StockKernel.hasQEMU, "needs QEMU and a fetched kernel"), .serialized)
struct GuestFailureTests {
    private func run(_ kernel: StockKernel, without module: String) throws -> Workbench.Result {
        let bench = try Workbench()
        try FileManager.default.createDirectory(atPath: bench.path("modules"), withIntermediateDirectories: false)
        for file in kernel.modules where !file.lastPathComponent.hasPrefix("\(module).ko") {
            try FileManager.default.createSymbolicLink(
                at: URL(filePath: bench.path("modules/\(file.lastPathComponent)")), withDestinationURL: file)
        }
        return try bench.run(
            ["run", "--kernel", "\(kernel.image):\(bench.path("modules"))", "open.three-way"], endingWithin: 240)
    }

    @Test func withoutVeth() throws {
        let result = try run(#require(StockKernel.cached), without: "veth")
        #expect(result.status == 3)
        #expect(result.errors.contains("the lab in the guest: veth: add veth veth0"))
        #expect(result.errors.contains("build the kernel with CONFIG_VETH"))
    }

    @Test func withoutInetDiag() throws {
        let result = try run(#require(StockKernel.cached), without: "inet_diag")
        #expect(result.status == 3)
        #expect(result.errors.contains("the lab in the guest: inet_diag: list TCP sockets"))
        #expect(result.errors.contains("build the kernel with CONFIG_INET_DIAG"))
    }

    /// The relay does its work, and the run says so.
    @Test func withoutNetem() throws {
        let result = try run(#require(StockKernel.cached), without: "sch_netem")
        #expect(result.status == 0)
        #expect(result.output.contains("  no sch_netem: the relay emulates delay and loss instead"))
    }

    private func run(append words: String, silence: String = "300", endingWithin seconds: Int = 240) throws
        -> Workbench.Result
    {
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory(), "TCPWITNESS_GUEST_SILENCE": silence]
        let kernel = try #require(StockKernel.cached)
        return try bench.run(
            ["run", "--kernel", kernel.series, "--append", words, "open.three-way"], endingWithin: seconds)
    }

    /// Paths are not asserted then, and the run says so.
    @Test func withoutTracepoints() throws {
        let result = try run(append: "initcall_blacklist=tracer_init_tracefs")
        #expect(result.status == 0)
        #expect(result.output.contains("  no tracepoints: paths are not asserted"))
    }

    @Test func panics() throws {
        let result = try run(append: "rdinit=/nothing")
        #expect(result.status == 3)
        #expect(result.errors.contains(": the kernel panicked: VFS: Unable to mount root fs"))
        #expect(result.errors.contains("\n  console  ["))
    }

    /// The image does not fit; how that ends differs, and none of it takes long.
    @Test(arguments: ["mem=24M", "mem=8M"]) func littleMemory(_ words: String) throws {
        let result = try run(append: words, endingWithin: 60)
        #expect(result.status == 3)
        #expect(result.errors.contains(": the kernel panicked: "))
        #expect(result.errors.contains(" (too little memory)\n"))
    }

    /// It panics and spins, as a kernel does by default.
    @Test func panicsForEver() throws {
        let result = try run(append: "panic=0 rdinit=/nothing", endingWithin: 60)
        #expect(result.status == 3)
        #expect(result.errors.contains(": the kernel panicked: VFS: Unable to mount root fs"))
        #expect(result.errors.contains("\n  console  all of it: "))
    }

    /// Without a serial line and without PCI, for the memory it shares, nothing can be told, not even what is wrong.
    @Test func mute() throws {
        let result = try run(append: "initcall_blacklist=serial8250_init pci=off")
        #expect(result.status == 3)
        #expect(result.errors.contains(": the guest ended without a result"))
    }

    @Test func killedQEMU() throws {
        let bench = try Workbench()
        bench.environment = ["HOME": NSHomeDirectory()]
        let kernel = try #require(StockKernel.cached)
        let running = try bench.start(["run", "--kernel", kernel.series])
        let pid = running.process.processIdentifier
        let children = "/proc/\(pid)/task/\(pid)/children"
        // The first children unpack the kernel and the modules.
        var qemu: Int32?
        while qemu == nil && running.process.isRunning {
            let pids = ((try? String(contentsOfFile: children, encoding: .utf8)) ?? "").split(separator: " ")
            qemu = pids.compactMap { Int32($0) }.first {
                (try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8))?.hasPrefix("qemu") == true
            }
            usleep(5000)
        }
        kill(try #require(qemu), SIGKILL)
        let result = try running.wait()
        #expect(result.status == 3)
        #expect(result.errors.contains(": QEMU was killed: SIGKILL"))
    }
}
