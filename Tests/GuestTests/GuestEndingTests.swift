import Guest
import Linux
import Testing

/// Why a guest gave no whole result, told from what it left.
@Suite struct GuestEndingTests {
    private func failure(
        _ status: WaitStatus?, console: String = "", messages: String = "", begun: Bool = true, end: Bool = false
    ) -> String? {
        GuestEnding(
            status: status, console: GuestConsole(console), messages: messages, hasBegun: begun, hasEnd: end
        ).failure
    }

    @Test func goodEnd() {
        #expect(failure(.exited(0), console: "[ 7929.1] reboot: Restarting system\n", end: true) == nil)
    }

    @Test func crashes() {
        let panic = """
            [    1.520334] VFS: Unable to mount root fs on unknown-block(0,0)
            [    1.520934] Kernel panic - not syncing: No working init found.  Try passing init= option to kernel.
            [    1.521934] CPU: 0 PID: 1 Comm: swapper Not tainted 6.1.0-56-cloud-amd64 #1
            """
        #expect(
            failure(.exited(0), console: panic, begun: false)
                == "the kernel panicked: No working init found.  Try passing init= option to kernel. "
                + "(it found no init that it can run)")
        let oops = """
            [   12.000000] BUG: kernel NULL pointer dereference, address: 0000000000000010
            [   12.000001] Oops: 0002 [#1] PREEMPT SMP NOPTI
            [   12.100000] Kernel panic - not syncing: Fatal exception in interrupt
            """
        let words = "the kernel oopsed: BUG: kernel NULL pointer dereference, address: 0000000000000010"
        #expect(failure(.exited(0), console: oops) == words)
        // Also when all results had come.
        #expect(failure(.exited(0), console: oops, end: true) == words)
    }

    @Test func silence() {
        #expect(failure(nil, begun: false) == "the guest hangs: it never sent a result")
        #expect(failure(nil) == "the guest hangs: no more results")
        #expect(failure(.exited(0), begun: false) == "the guest ended without a result")
        #expect(failure(.exited(0)) == "the guest ended before its results did")
    }

    @Test func faultsOfQEMU() {
        #expect(failure(.killed(9)) == "QEMU was killed: SIGKILL")
        #expect(
            failure(.exited(1), messages: "warning: x\nqemu-system-x86_64: could not load kernel '/dev/fd/3'\n")
                == "QEMU failed: qemu-system-x86_64: could not load kernel '/dev/fd/3'")
        #expect(failure(.exited(1)) == "QEMU failed: exit 1")
    }

    @Test func kernelsThatLackSomething() {
        let console = "tcpwitness: veth: create veth: EOPNOTSUPP (Operation not supported); load the module\r\n"
        #expect(
            failure(.exited(0), console: console, begun: false)
                == "the lab in the guest: veth: create veth: EOPNOTSUPP (Operation not supported); load the module")
        let two = "tcpwitness: load /modules/tcp_diag.ko: ENOENT\r\ntcpwitness: inet_diag: list TCP sockets: ENOENT\r\n"
        #expect(failure(.exited(0), console: two) == "the lab in the guest: inet_diag: list TCP sockets: ENOENT")
    }

    @Test(arguments: [
        ("VFS: Unable to mount root fs on unknown-block(0,0)", "it found no init in the initramfs"),
        ("Cannot find place for new RAMDISK of size 28909544", "too little memory"),
        ("Attempted to kill init! exitcode=0x00000100", nil),
    ])
    func whatPanicsMean(_ words: String, _ hint: String?) {
        let ending = failure(.exited(0), console: "[ 0.9] Kernel panic - not syncing: \(words)\n", begun: false)
        #expect(ending == "the kernel panicked: \(words)" + (hint.map { " (\($0))" } ?? ""))
    }

    /// What ended it says why, unless its own words do.
    @Test func whyItWasEnded() {
        func failure(_ console: String) -> String? {
            GuestEnding(
                status: nil, verdict: "it never sent a result; nothing for 12 s, its processor busy",
                console: GuestConsole(console), messages: "", hasBegun: false, hasEnd: false
            ).failure
        }
        #expect(
            failure("[ 0.0] Linux version 6.1")
                == "the guest hangs: it never sent a result; nothing for 12 s, its processor busy")
        #expect(failure("[ 0.0] Kernel panic - not syncing: no") == "the kernel panicked: no")
    }
}
