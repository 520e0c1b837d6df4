import Guest
import Linux
import Testing

/// Why a guest gave no whole result, told from what it left.
@Suite struct GuestEndingTests {
    private func failure(
        _ status: WaitStatus?, console: String = "", messages: String = "", begun: Bool = true, end: Bool = false
    ) -> String? {
        GuestEnding(status: status, console: console, messages: messages, hasBegun: begun, hasEnd: end).failure
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
                == "the kernel panicked: No working init found.  Try passing init= option to kernel.")
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
        #expect(
            failure(.exited(127), begun: false)
                == "qemu-system-x86_64 is not installed (package qemu-system-x86)")
    }

    @Test func kernelsThatLackSomething() {
        let console = "tcpwitness: veth: create veth: EOPNOTSUPP (Operation not supported); load the module\r\n"
        #expect(
            failure(.exited(0), console: console, begun: false)
                == "the lab in the guest: veth: create veth: EOPNOTSUPP (Operation not supported); load the module")
        let two = "tcpwitness: load /modules/tcp_diag.ko: ENOENT\r\ntcpwitness: inet_diag: list TCP sockets: ENOENT\r\n"
        #expect(failure(.exited(0), console: two) == "the lab in the guest: inet_diag: list TCP sockets: ENOENT")
    }

    @Test func consoleTail() {
        let text = (1...30).map { "line \($0)\r\n" }.joined()
        let ending = GuestEnding(status: nil, console: text, messages: "", hasBegun: false, hasEnd: false)
        #expect(ending.consoleTail.first == "line 11")
        #expect(ending.consoleTail.last == "line 30")
    }
}
