internal import Glibc
internal import Linux

/// A device of this machine that needs no driver.
struct PCIDevice {
    private let path: String

    private static let devices = "/sys/bus/pci/devices"

    /// One of its regions of memory, mapped.
    struct Region {
        let base: UInt
        let size: Int
    }

    /// Finds the device with these numbers; nil where there is none, or the kernel has no PCI.
    init?(vendor: String, device: String) {
        guard let directory = opendir(Self.devices) else { return nil }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            let path = "\(Self.devices)/\(name)"
            func number(_ file: String) -> String? { try? Files.read("\(path)/\(file)").trimmed }
            guard number("vendor") == vendor, number("device") == device else { continue }
            self.path = path
            return
        }
        return nil
    }

    /// Maps a region for good. Throws the error of the failing call.
    func map(_ number: Int) throws -> Region {
        try Files.write("1", to: "\(path)/enable")
        let resource = try Descriptor.open("\(path)/resource\(number)", O_RDWR)
        var status = stat()
        guard fstat(resource.raw, &status) == 0 else { throw SystemError("fstat \(path)/resource\(number)") }
        let size = Int(status.st_size)
        let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, resource.raw, 0)
        guard let memory, memory != MAP_FAILED else { throw SystemError("mmap \(path)/resource\(number)") }
        return Region(base: UInt(bitPattern: memory), size: size)
    }
}
