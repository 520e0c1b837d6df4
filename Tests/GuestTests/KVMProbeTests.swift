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

    /// The word is the guest's: one that never runs does not say it, and is not waited for.
    @Test func aGuestThatDoesNothingIsAnObstacle() {
        let obstacle = KVMProbe.obstacle(accelerator: ["-accel", "tcg", "-S"], deadline: .seconds(1))
        #expect(obstacle == "a probe under KVM did nothing for 1 s")
    }

    @Test func whatQEMUSaysComesInOneLine() throws {
        let obstacle = try #require(KVMProbe.obstacle(accelerator: ["-accel", "none-such"], deadline: .seconds(60)))
        #expect(obstacle.hasPrefix("QEMU failed under KVM (exit 1): ") && obstacle.contains("none-such"))
        #expect(!obstacle.contains("\n"))
    }

    @Test(.enabled(if: !FileManager.default.fileExists(atPath: "/dev/kvm"), "this machine has KVM"))
    func aMachineWithoutKVMSaysSo() throws {
        let obstacle = try #require(KVMProbe.obstacle(deadline: .seconds(60)))
        #expect(obstacle.hasPrefix("QEMU failed under KVM (exit 1): ") && obstacle.contains("KVM"))
    }
}
