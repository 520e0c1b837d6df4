import Health
import Record
import Testing

/// What kernels of several ages print.
enum Kmsg {
    static let warning = """
        ------------[ cut here ]------------
        WARNING: CPU: 0 PID: 89 at net/ipv4/tcp_input.c:4657 tcp_fin+0x12d/0x140
        CPU: 0 UID: 0 PID: 89 Comm: tcpwitness-work Tainted: G        W          6.12.117 #3
        RIP: 0010:tcp_fin+0x12d/0x140
        Call Trace:
         <TASK>
         tcp_data_queue+0x848/0xeb0
         inet_shutdown+0x8b/0xd0
         </TASK>
        ---[ end trace 0000000000000000 ]---
        """

    /// A timer's interrupt upon a process that has nothing to do with it.
    static let interrupt = """
        ------------[ cut here ]------------
        WARNING: CPU: 0 PID: 42 at net/ipv4/tcp_timer.c:540 tcp_retransmit_timer+0x1b/0x30
        CPU: 0 PID: 42 Comm: tcpwitness-work Not tainted 6.1.0 #1
        Call Trace:
         <IRQ>
         tcp_write_timer_handler+0x8/0x9
         call_timer_fn+0x1/0x2
         __do_softirq+0xd/0xe
         sysvec_apic_timer_interrupt+0x3/0x4
         </IRQ>
         <TASK>
         asm_sysvec_apic_timer_interrupt+0x12/0x20
         do_syscall_64+0x4b/0x100
         </TASK>
        ---[ end trace 0000000000000000 ]---
        """

    /// A softirq that a process set off by what it sent.
    static let ownSoftirq = """
        ------------[ cut here ]------------
        WARNING: CPU: 1 PID: 77 at net/ipv4/tcp_input.c:4657 tcp_fin+0x12d/0x140
        CPU: 1 PID: 77 Comm: tcpwitness/4 Not tainted 5.10.0 #1
        Call Trace:
         <IRQ>
         tcp_v4_rcv+0x1/0x2
         net_rx_action+0x1/0x2
         asm_call_irq_on_stack+0x12/0x20
         </IRQ>
         do_softirq_own_stack+0x1/0x2
         __local_bh_enable_ip+0x1/0x2
         packet_sendmsg+0x1/0x2
        ---[ end trace 6a1f ]---
        """

    static let lockdep = """
        ======================================================
        WARNING: possible circular locking dependency detected
        6.12.117-lock-order #9 Not tainted
        ------------------------------------------------------
        tcpwitness-work/203 is trying to acquire lock:
        ffffffff81a48578 (tcp_first_lock){+.+.}-{2:2}, at: do_tcp_setsockopt+0x6d8/0xc20
        """

    static let other = """
        BUG: KASAN: slab-use-after-free in ext4_find_extent+0x8b0/0xa00
        Read of size 8 at addr ffff88810a1b2c30 by task kworker/u8:2/91
        """

    static func records(_ text: String, from sequence: UInt64 = 1, at time: UInt64 = 1_000_000) -> [LogRecord] {
        text.split(separator: "\n").enumerated().map {
            LogRecord(
                sequence: sequence + UInt64($0.offset), microseconds: time + UInt64($0.offset), text: "\($0.element)")
        }
    }
}

@Suite struct ComplaintTests {
    private func complaints(_ records: [LogRecord]) -> [Complaint] {
        var reader = ComplaintReader()
        return records.compactMap { reader.add($0) } + [reader.end()].compactMap(\.self)
    }

    @Test func aWarningIsKeptWholeFromItsCutToItsEnd() throws {
        let records = Kmsg.records("eth0: link is up\n" + Kmsg.warning + "\neth0: link is down")
        let complaint = try #require(complaints(records).first)
        #expect(complaints(records).count == 1)
        #expect(complaint.kind == .warning)
        #expect(complaint.summary == "WARNING: CPU: 0 PID: 89 at net/ipv4/tcp_input.c:4657 tcp_fin+0x12d/0x140")
        #expect(complaint.lines == Kmsg.warning.split(separator: "\n").map(String.init))
        #expect(complaint.task?.pid == 89 && complaint.task?.name == "tcpwitness-work")
        #expect(complaint.concernsNetworking)
    }

    @Test func anInterruptsVictimIsNotItsCause() throws {
        #expect(try #require(complaints(Kmsg.records(Kmsg.interrupt)).first).task == nil)
        let own = try #require(complaints(Kmsg.records(Kmsg.ownSoftirq)).first).task
        #expect(own?.name == "tcpwitness/4" && own?.pid == 77)
    }

    @Test(arguments: [
        ("WARNING: possible circular locking dependency detected", HealthKind.lockdep),
        ("WARNING: suspicious RCU usage", .lockdep),
        ("INFO: trying to register non-static key.", .lockdep),
        ("[ BUG: Invalid wait context ]", .lockdep),
        ("BUG: sleeping function called from invalid context at net/core/sock.c:3535", .lockdep),
        ("BUG: KASAN: slab-use-after-free in tcp_v4_rcv+0x1/0x2", .sanitizer),
        ("BUG: KCSAN: data-race in tcp_poll / tcp_rcv_established", .sanitizer),
        ("UBSAN: shift-out-of-bounds in net/ipv4/tcp.c:1:2", .sanitizer),
        ("rcu: INFO: rcu_preempt self-detected stall on CPU", .stall),
        ("INFO: task tcpwitness-work:123 blocked for more than 120 seconds.", .stall),
        ("watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [worker:1]", .stall),
        ("refcount_t: underflow; use-after-free.", .reference),
        ("unregister_netdevice: waiting for veth0 to become free. Usage count = 2", .reference),
        ("TCP: Attempt to release TCP socket in state 7 00000000f3a8b0c5", .reference),
        ("BUG: kernel NULL pointer dereference, address: 0000000000000008", .bug),
        ("kernel BUG at net/ipv4/tcp.c:100!", .bug),
        ("Oops: general protection fault, probably for non-canonical address", .bug),
        ("Kernel panic - not syncing: Fatal exception in interrupt", .bug),
        ("WARNING: net/ipv4/tcp.c:9 at tcp_close+0x1/0x2, CPU#0: tcpwitness-work/12", .warning),
    ])
    func kindsAreTold(_ line: String, _ kind: HealthKind) {
        #expect(complaints(Kmsg.records(line)).map(\.kind) == [kind])
    }

    @Test(arguments: [
        "TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:80. Sending cookies.",
        "IPv6: ADDRCONF(NETDEV_CHANGE): veth0: link becomes ready", "random: crng init done",
        "TCP established hash table entries: 8192 (order: 4, 65536 bytes, linear)",
        "Warning: unable to open an initial console.", "NET: Registered PF_PACKET protocol family",
    ])
    func whatIsOrdinaryIsNoComplaint(_ line: String) {
        #expect(complaints(Kmsg.records(line)).isEmpty)
    }

    @Test func whatComesLaterIsAnothersComplaint() {
        let records =
            Kmsg.records(Kmsg.lockdep) + Kmsg.records("veth0: ordinary", from: 50, at: 9_000_000)
            + Kmsg.records(Kmsg.other, from: 60, at: 10_000_000)
        let found = complaints(records)
        #expect(found.map(\.kind) == [.lockdep, .sanitizer])
        #expect(found.map(\.lines.count) == [6, 2])
        #expect(found[0].task?.pid == 203)
        #expect(found[1].task?.name == "kworker/u8:2" && found[1].task?.pid == 91)
        #expect(!found[1].concernsNetworking)
    }

    @Test func aReportWithoutEndIsBounded() {
        let flood = Kmsg.warning.split(separator: "\n").dropLast() + Array(repeating: "more", count: 10_000)
        let found = complaints(Kmsg.records(flood.joined(separator: "\n")))
        #expect(found.count == 1 && found[0].lines.count <= 200)
    }

    @Test func recordsOfTheLogAreRead() throws {
        func record(_ text: String) -> LogRecord? { LogRecord(Array(text.utf8)) }
        let one = try #require(record("4,617,73001,-;WARNING: a\u{1b}[31m b\n SUBSYSTEM=net\n DEVICE=n1\n"))
        #expect(one.sequence == 617 && one.microseconds == 73001 && one.isKernels)
        #expect(one.text == "WARNING: a[31m b")
        // Priority 12 is a program's.
        #expect(record("12,618,1,-;WARNING: forged by a program")?.isKernels == false)
        var reader = ComplaintReader()
        #expect(reader.add(try #require(record("12,618,1,-;WARNING: forged by a program"))) == nil)
        #expect(reader.end() == nil)
        for nonsense in ["", ";", "1,2;x", "a,b,c;x", "4,5,6"] { #expect(record(nonsense) == nil) }
    }

    @Test func onlyTaintsOfComplaintsCount() {
        // An unsigned module (E, O) is nobody's fault; a warning is.
        #expect(Taint(bits: 1 << 12 | 1 << 13).complaints(since: Taint(bits: 0)) == [])
        #expect(Taint(bits: 1 << 9 | 1 << 7).complaints(since: Taint(bits: 1 << 7)) == ["W (a warning)"])
    }
}
