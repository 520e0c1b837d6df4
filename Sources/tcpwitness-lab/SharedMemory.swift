internal import Linux
internal import Record
internal import Synchronization

/// The memory that a guest shares with its host: a PCI device of QEMU (ivshmem) that needs no driver.
///
/// It begins with a head of 64-bit numbers: a count of bytes; where to stop, which the host has written before the guest
/// began; when that place was reached. The bytes follow. Nothing else is ever read from it, so that the host's pace
/// cannot show in the guest.
final class SharedMemory: Sendable {
    private let memory: PublishedMemory
    private let count = Mutex(0)

    /// How many bytes the head has.
    private static let head = 64
    /// Where in the head it says when the place to stop was reached.
    private static let arrival = 16
    /// Set in what is written there, so that it is not nothing.
    private static let arrived: UInt64 = 1 << 63

    /// Where the host wants a stop, as the word of a `StopPoint`, which 0 is not.
    private let stop: UInt64
    /// What stops this machine; nil where there is to be no stop, or the machine has no such device.
    private let brake: PublishedMemory?

    /// Finds and maps it; nil where the kernel has no PCI. Throws the error of the failing call.
    static func find() throws -> SharedMemory? {
        // Red Hat's number, and its number for ivshmem.
        try PCIDevice(vendor: "0x1af4", device: "0x1110").map(SharedMemory.init)
    }

    private init(_ device: PCIDevice) throws {
        memory = try device.map(2)
        stop = memory.word(at: 8)
        // Red Hat's other number, and its number for pvpanic.
        brake = try PCIDevice(vendor: "0x1b36", device: "0x0011")?.map(0)
    }

    /// Stops this machine, for the host to go on, if an act is the one before which it wants that.
    ///
    /// Until then a run with a stop executes what one without does, instruction by instruction: numbers are compared, one
    /// with another, since any other comparison takes longer the more is equal.
    func stop(before point: StopPoint, at time: Int64) {
        guard point.word == stop, let brake else { return }
        memory.store(Self.arrived | UInt64(time), at: Self.arrival)
        // PVPANIC_PANICKED: QEMU stops its processor in this very instruction.
        brake.store(byte: 1)
    }

    /// Lets the host see more bytes. Returns false where there is no room for them.
    func append(_ bytes: [UInt8]) -> Bool {
        count.withLock { count in
            guard Self.head + count + bytes.count <= memory.size else { return false }
            memory.publish(bytes, after: count, head: Self.head)
            count += bytes.count
            return true
        }
    }
}
