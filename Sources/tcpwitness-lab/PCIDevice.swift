internal import Linux

/// A device of this machine that needs no driver.
struct PCIDevice {
    private let path: String

    private static let devices = "/sys/bus/pci/devices"

    /// Finds the device with these numbers; nil where there is none, or the kernel has no PCI.
    init?(vendor: String, device: String) {
        for name in (try? Files.names(in: Self.devices)) ?? [] {
            let path = "\(Self.devices)/\(name)"
            func number(_ file: String) -> String? { try? Files.read("\(path)/\(file)").trimmed }
            guard number("vendor") == vendor, number("device") == device else { continue }
            self.path = path
            return
        }
        return nil
    }

    /// Maps a region of its memory for good. Throws the error of the failing call.
    func map(_ number: Int) throws -> PublishedMemory {
        try Files.write("1", to: "\(path)/enable")
        return try PublishedMemory(mapping: "\(path)/resource\(number)")
    }
}
