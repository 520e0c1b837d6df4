import Glibc
import Linux
import Testing

@testable import Guest

/// When a guest that still runs is given up.
@Suite struct GuestWatchTests {
    /// A guest at a second of its run: how long it had a processor, and how long it waited for one.
    private func at(_ second: Double, worked: Double? = nil, waited: Double = 0) -> GuestWatch.Reading {
        func nanoseconds(_ seconds: Double) -> Int64 { Int64(seconds * 1e9) }
        return GuestWatch.Reading(
            now: Instant(nanoseconds: nanoseconds(second)), waited: [1: 0, 2: nanoseconds(waited)],
            worked: nanoseconds(worked ?? second))
    }

    private func watch(_ change: (inout GuestWatch.Limits) -> Void = { _ in }) -> GuestWatch {
        var limits = GuestWatch.Limits()
        change(&limits)
        return GuestWatch(limits, start: at(0))
    }

    @Test func silenceFromTheBeginning() {
        #expect(watch().verdict(at: at(11.9)) == nil)
        #expect(watch().verdict(at: at(12.4)) == "it never sent a result; nothing for 12 s, its processor busy")
        #expect(
            watch().verdict(at: at(12.4, worked: 0.1))
                == "it never sent a result; nothing for 12 s, its processor halted")
    }

    /// What a busy machine keeps from a guest is not the guest's silence.
    @Test func waitingForAProcessor() {
        #expect(watch().verdict(at: at(60, worked: 5, waited: 55)) == nil)
        #expect(watch().verdict(at: at(60, worked: 14, waited: 46)) != nil)
    }

    /// A machine that was seen to need 3 s for a line may need 24 s for the next.
    @Test func aSlowMachine() {
        var slow = watch()
        slow.heard(result: false, panic: false, at: at(3))
        #expect(slow.verdict(at: at(26)) == nil)
        #expect(slow.verdict(at: at(28)) != nil)
        // And if booting took 6 s, a result may take 150 s.
        slow.heard(result: true, panic: false, at: at(6))
        #expect(slow.verdict(at: at(155)) == nil)
        #expect(slow.verdict(at: at(157)) == "no more results; nothing for 151 s, its processor busy")
    }

    @Test func betweenResults() {
        var quick = watch()
        quick.heard(result: true, panic: false, at: at(2))
        #expect(quick.verdict(at: at(61)) == nil)
        #expect(quick.verdict(at: at(63)) == "no more results; nothing for 61 s, its processor busy")
        // In virtual time nothing is waited for: a processor that does nothing never will again.
        #expect(quick.verdict(at: at(13, worked: 2)) == "no more results; nothing for 11 s, its processor halted")
        var real = watch { $0.halted = nil }
        real.heard(result: true, panic: false, at: at(2))
        #expect(real.verdict(at: at(13, worked: 2)) == nil)
    }

    /// It speaks and speaks, but never of results.
    @Test func chatter() {
        var watch = watch()
        for second in 1...299 { watch.heard(result: false, panic: false, at: at(Double(second))) }
        #expect(watch.verdict(at: at(300)) == nil)
        #expect(watch.verdict(at: at(300.1)) == "it sent no result within 300 s")
    }

    @Test func theUserSaysHowLong() {
        let watch = watch {
            $0.boot = .seconds(100)
            $0.isBootFixed = true
        }
        #expect(watch.verdict(at: at(99)) == nil)
        #expect(watch.verdict(at: at(101)) == "it sent no result within 100 s")
    }

    @Test func afterAPanic() {
        var watch = watch()
        watch.heard(result: false, panic: true, at: at(1))
        #expect(watch.verdict(at: at(1.9)) == nil)
        #expect(watch.verdict(at: at(2.1)) == "it did not end after its panic")
    }

    /// The numbers of a process are the kernel's.
    @Test func readings() {
        let before = GuestWatch.Reading.now(of: getpid())
        var sum: UInt64 = 0
        while Instant.now - before.now < .milliseconds(50) { sum &+= 1 }
        let after = GuestWatch.Reading.now(of: getpid())
        #expect(after.now > before.now)
        #expect(after.worked > before.worked)
    }
}
