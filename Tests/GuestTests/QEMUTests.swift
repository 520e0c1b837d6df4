import Guest
import Testing

/// The whole command line, since each word of it was measured.
@Suite struct QEMUTests {
    @Test func virtualTime() {
        let qemu = QEMU(clock: .virtual, isAccelerated: false)
        #expect(
            qemu.arguments.joined(separator: " ") == """
                -nodefaults -no-user-config -display none -no-reboot -nic none -accel tcg -M pc -cpu max,-la57,-erms,-fsrm \
                -smp 1 -m 256M -icount shift=0,sleep=off -seed 1 -rtc base=2026-01-01T00:00:00,clock=vm -kernel /dev/fd/3 \
                -initrd /dev/fd/4 -append rdinit=/tcpwitness-lab panic=-1 oops=panic reboot=t loglevel=7 \
                earlyprintk=serial,ttyS0,115200 console=ttyS0 nokaslr nowatchdog mitigations=off cryptomgr.notests tsc=reliable no_timer_check lpj=4000000 \
                noreplace-smp acpi=noirq -chardev file,id=console,path=/dev/fd/5 -serial chardev:console \
                -chardev file,id=results,path=/dev/fd/6 -serial chardev:results \
                -object memory-backend-file,id=memory,mem-path=/dev/fd/7,size=256M,share=on \
                -device ivshmem-plain,memdev=memory
                """)
        #expect(qemu.place == "guest, TCG, virtual time")
    }

    @Test func realTime() {
        let qemu = QEMU(clock: .real, isAccelerated: true)
        #expect(
            qemu.arguments.joined(separator: " ") == """
                -nodefaults -no-user-config -display none -no-reboot -nic none -accel kvm -M pc -cpu host -smp 1 \
                -m 256M -kernel /dev/fd/3 -initrd /dev/fd/4 -append rdinit=/tcpwitness-lab panic=-1 oops=panic \
                reboot=t loglevel=7 earlyprintk=serial,ttyS0,115200 console=ttyS0 nokaslr nowatchdog mitigations=off cryptomgr.notests \
                -chardev file,id=console,path=/dev/fd/5 -serial chardev:console \
                -chardev file,id=results,path=/dev/fd/6 -serial chardev:results \
                -object memory-backend-file,id=memory,mem-path=/dev/fd/7,size=256M,share=on \
                -device ivshmem-plain,memdev=memory
                """)
        #expect(qemu.place == "guest, KVM, real time")
    }

    /// What stops for a debugger differs from its rehearsal in nothing that the guest could find.
    @Test func debugging() {
        let rehearsal = QEMU(clock: .virtual, isAccelerated: false, debugging: .rehearsal)
        let stop = QEMU(clock: .virtual, isAccelerated: false, debugging: .stop(gdb: "unix:/tmp/gdb,server=on"))
        #expect(
            rehearsal.arguments == QEMU(clock: .virtual, isAccelerated: false).arguments + ["-device", "pvpanic-pci"])
        #expect(
            stop.arguments
                == rehearsal.arguments + ["-action", "panic=pause", "-gdb", "unix:/tmp/gdb,server=on"])
    }

    /// Its console goes both ways, and only what is wrong is said on it.
    @Test func shell() {
        let words = QEMU(clock: .real, isAccelerated: false, purpose: .shell).arguments
        #expect(words.contains("socket,id=console,fd=5"))
        #expect(words.contains { $0.contains(" loglevel=4 console=ttyS0 ") })
        #expect(!words.contains { $0.contains("earlyprintk") || $0.contains("ivshmem") })
    }

    /// They come last, so that they override ours.
    @Test func extraWords() {
        let qemu = QEMU(clock: .virtual, isAccelerated: false, extraWords: "loglevel=7 audit=0")
        #expect(qemu.arguments.contains { $0.hasSuffix(" acpi=noirq loglevel=7 audit=0") })
        #expect(qemu.place == "guest, TCG, virtual time, loglevel=7 audit=0")
    }
}
