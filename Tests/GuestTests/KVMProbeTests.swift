import Foundation
import Testing

@testable import Guest
@testable import Linux

/// The probe's guest, run by the real QEMU.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/qemu-system-x86_64"), "needs QEMU"))
struct KVMProbeTests {
    /// Its code is right: where there is no KVM, it shows under emulation.
    @Test func saysItsWordUnderEmulation() {
        #expect(KVMProbe.obstacle(accelerator: ["-accel", "tcg", "-cpu", "max"], deadline: .seconds(60)) == nil)
    }

    /// Whatever the machine's KVM does, there is an answer in time.
    @Test(.timeLimit(.minutes(1))) func answers() {
        if let obstacle = KVMProbe.obstacle() { #expect(!obstacle.contains("\n")) }
    }
}
