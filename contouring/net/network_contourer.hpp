#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "contouring/net/compute.hpp"
#include "contouring/net/model_card.hpp"
#include "contouring/pipeline/chances.hpp"
#include "engine/ports/contourer.hpp"

namespace coutard::contouring {

/// How much time a contour may take: Fast lays blocks three quarters of a block apart; Best half a block, and averages
/// with the mirrored patient (three to six times the time).
enum class Quality : std::uint8_t { Fast, Best };
/// "fast" or "best". \throws InputError another word
Quality quality_named(const std::string& name);

struct ContourerOptions {
    std::string device = "auto";  ///< auto, cpu or cuda
    /// CPU threads; 0 is one: OpenMP's waiting threads spin, and on a busy machine two took 50 s of
    /// processor time for what one does in 7 s.
    int threads = 0;
    Compute compute = Compute::Auto;
    Quality quality = Quality::Fast;
};

/// Delineates organs with a trained 3-D U-Net (docs/theory/contouring.md).
class NetworkContourer final : public Contourer {
  public:
    /// \param card  model card; the weights lie beside it
    /// \throws InputError card or weights missing, truncated, of another version, or weights other than
    /// the card's SHA-256, or a block that the network cannot halve \throws NotBuilt the device is not there
    explicit NetworkContourer(const std::filesystem::path& card, const ContourerOptions& options = {});
    ~NetworkContourer() override;

    const ModelCard& card() const;

    /// Masks and contours of the wanted structures, and External by rule (engine/shape/body.hpp). A prior keeps a
    /// structure near its old place: regions that do not touch the box of the prior grown by 30 mm are dropped; that,
    /// little overlap and priors of structures that the model does not draw give warnings. A model that is guided
    /// (card().guide) sees prior, or organs, points and rough contour, as further channels. Nested structures (targets
    /// of falling dose) are drawn without those before them that were asked for: `only` names the levels that are
    /// prescribed.
    /// \throws InputError points, a rough contour or organs for a model that takes none; also when the network's answer
    /// is not finite, or only External was asked for and there is none
    ContourProposal contour(const CtImage& ct, const ContourRequest& request, const Progress& progress) const override;
    /// \param raw  receives the probabilities before any clean-up; stays empty where only External was asked for
    ContourProposal contour(const CtImage& ct, const ContourRequest& request, const Progress& progress,
                            Chances* raw) const;

    /// The same without contours, for an image that is only voxels.
    /// \param raw  receives the probabilities before any clean-up, where it is wanted
    ContourProposal masks(const Volume<float>& hu, const ContourRequest& request, const Progress& progress,
                          Chances* raw = nullptr) const;

    /// Probabilities on the network's grid, before any clean-up. \throws InputError no patient in the image
    Chances chances(const Volume<float>& hu, const ContourRequest& request, const Progress& progress) const;

    /// Where the network is undecided: entropy [bit] of the least certain structure of a request, on an image's grid.
    Volume<float> uncertainty(const Chances& raw, const ContourRequest& request, const Grid& grid) const;

  private:
    ContourProposal with_contours(ContourProposal masks, const CtImage& ct) const;
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// The contourer of a model card, behind the port.
std::unique_ptr<Contourer> open_contourer(const std::filesystem::path& card, const ContourerOptions& options = {});

/// The card of a model by name in a folder of nets (data/nets): DIR/NAME.json, or a path to a card.
/// \throws InputError naming the models that are there
std::filesystem::path find_card(const std::filesystem::path& nets, const std::string& name);

}  // namespace coutard::contouring
