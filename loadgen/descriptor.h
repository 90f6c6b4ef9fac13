// A file descriptor with an owner.
#pragma once

namespace chat::loadgen {

// A descriptor that closes itself.
// Thread: one. Lifetime: the descriptor's.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor() { Close(); }

  void Close();
  int get() const { return number_; }

 private:
  int number_ = -1;
};

// Throws what `errno` says of the call that is named `what`: nothing a load generator could go on
// after.
[[noreturn]] void FailWithErrno(const char* what);

}  // namespace chat::loadgen
